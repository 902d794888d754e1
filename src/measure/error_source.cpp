#include "measure/error_source.hpp"

#include <algorithm>

namespace specsweep::measure {

template <class T>
void ErrorSource::read_difference(std::int64_t first_row, std::int64_t row_count, T* out)
{
    const auto elements = static_cast<std::size_t>(row_count * cols());
    original_.resize(std::max(original_.size(), elements));
    decoded_.resize(std::max(decoded_.size(), elements));
    stored_.read(first_row, row_count, original_.data());
    quantized_.read(first_row, row_count, decoded_.data());
    for (std::size_t i = 0; i < elements; ++i)
        out[i] = static_cast<T>(static_cast<double>(decoded_[i]) - static_cast<double>(original_[i]));
}

void ErrorSource::read(std::int64_t first_row, std::int64_t row_count, float* out)
{
    read_difference(first_row, row_count, out);
}

void ErrorSource::read(std::int64_t first_row, std::int64_t row_count, double* out)
{
    read_difference(first_row, row_count, out);
}

}  // namespace specsweep::measure
