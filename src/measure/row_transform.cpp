#include "measure/row_transform.hpp"

#include <algorithm>

namespace specsweep::measure {
namespace {

__attribute__((target_clones("avx512f", "avx2", "default"))) void scale_row(double scale, float* row, std::int64_t cols)
{
    for (std::int64_t c = 0; c < cols; ++c)
        row[c] = static_cast<float>(scale * static_cast<double>(row[c]));
}

__attribute__((target_clones("avx512f", "avx2", "default"))) void shift_row(double scale, const double* shift,
                                                                            float* row, std::int64_t cols)
{
    for (std::int64_t c = 0; c < cols; ++c)
        row[c] = static_cast<float>(scale * (static_cast<double>(row[c]) - shift[c]));
}

}  // namespace

void RowTransform::apply(std::int64_t first_row, std::int64_t rows, std::int64_t cols, float* values) const
{
    for (std::int64_t r = 0; r < rows; ++r, values += cols) {
        const std::int64_t row = first_row + r;
        const double s = row < std::ssize(scale) ? scale[static_cast<std::size_t>(row)] : 0;
        if (s == 0)
            std::fill_n(values, cols, 0.0F);
        else if (shift.empty())
            scale_row(s, values, cols);
        else
            shift_row(s, shift.data(), values, cols);
    }
}

void TransformedSource::read(std::int64_t first_row, std::int64_t row_count, float* out)
{
    inner_.read(first_row, row_count, out);
    transform_.apply(first_row, row_count, cols(), out);
}

void TransformedSource::read(std::int64_t first_row, std::int64_t row_count, double* out)
{
    const std::int64_t elements = row_count * cols();
    panel_.resize(std::max(panel_.size(), static_cast<std::size_t>(elements)));
    read(first_row, row_count, panel_.data());
    std::copy_n(panel_.data(), elements, out);
}

}  // namespace specsweep::measure
