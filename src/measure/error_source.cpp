#include "measure/error_source.hpp"

#include <algorithm>
#include <cmath>

namespace specsweep::measure {

void ErrorSource::read(std::int64_t first_row, std::int64_t row_count, float* out)
{
    const std::int64_t elements = row_count * cols();
    if (const float* kept = quantized_.kept_error(first_row)) {
        std::copy_n(kept, elements, out);
        return;
    }
    original_.resize(std::max(original_.size(), static_cast<std::size_t>(elements)));
    reference_.read(first_row, row_count, original_.data());
    quantized_.read(first_row, row_count, out);
    for (std::int64_t i = 0; i < elements; ++i)
        out[i] -= original_[static_cast<std::size_t>(i)];
}

void ErrorSource::read(std::int64_t first_row, std::int64_t row_count, double* out)
{
    const std::int64_t elements = row_count * cols();
    error_.resize(std::max(error_.size(), static_cast<std::size_t>(elements)));
    read(first_row, row_count, error_.data());
    std::copy_n(error_.data(), elements, out);
}

double rounding_of_error(double error_frobenius, std::int64_t rows, std::int64_t cols)
{
    return 0x1p-24 * error_frobenius + 0x1p-150 * std::sqrt(static_cast<double>(rows) * static_cast<double>(cols));
}

}  // namespace specsweep::measure
