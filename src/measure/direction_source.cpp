#include "measure/direction_source.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"

namespace specsweep::measure {
namespace {

/// Takes the mean off; Σ x², in eight running sums: the same bits in each clone.
__attribute__((target_clones("avx512f", "avx2", "default"))) double centred_squares(double* row, const double* mean,
                                                                                    std::size_t n)
{
    constexpr std::size_t lanes = 8;
    if (mean != nullptr)
        for (std::size_t c = 0; c < n; ++c)
            row[c] -= mean[c];
    double sums[lanes] = {};
    const std::size_t whole = n / lanes * lanes;
    for (std::size_t c = 0; c < whole; c += lanes)
        for (std::size_t lane = 0; lane < lanes; ++lane)
            sums[lane] += row[c + lane] * row[c + lane];
    for (std::size_t c = whole; c < n; ++c)
        sums[c - whole] += row[c] * row[c];
    return ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]));
}

__attribute__((target_clones("avx512f", "avx2", "default"))) void divide(double* row, double length, std::size_t n)
{
    for (std::size_t c = 0; c < n; ++c)
        row[c] /= length;
}

__attribute__((target_clones("avx512f", "avx2", "default"))) void add_row(const double* row, double* sum, std::size_t n)
{
    for (std::size_t c = 0; c < n; ++c)
        sum[c] += row[c];
}

}  // namespace

void DirectionSource::read(std::int64_t first_row, std::int64_t row_count, float* out)
{
    panel_.resize(static_cast<std::size_t>(row_count * cols()));
    read(first_row, row_count, panel_.data());
    std::transform(panel_.begin(), panel_.end(), out, [](double value) { return static_cast<float>(value); });
}

void DirectionSource::read(std::int64_t first_row, std::int64_t row_count, double* out)
{
    source_.read(first_row, row_count, out);
    const auto n = static_cast<std::size_t>(cols());
    for (double* row = out; row != out + row_count * cols(); row += n) {
        if (const double length = std::sqrt(centred_squares(row, mean_.empty() ? nullptr : mean_.data(), n));
            length > 0)
            divide(row, length, n);
    }
}

RowMean::RowMean(spectrum::PanelSource& source) : source_(source), sum_(static_cast<std::size_t>(source.cols()), 0.0) {}

void RowMean::read(std::int64_t first_row, std::int64_t row_count, float* out)
{
    source_.read(first_row, row_count, out);
}

void RowMean::read(std::int64_t first_row, std::int64_t row_count, double* out)
{
    source_.read(first_row, row_count, out);
    if (first_row != next_)
        return;
    for (std::int64_t row = 0; row < row_count; ++row)
        add_row(out + row * cols(), sum_.data(), sum_.size());
    next_ += row_count;
}

std::vector<double> RowMean::mean() const
{
    if (next_ != rows())
        throw InternalError("the mean of rows that were not all read");
    std::vector<double> mean = sum_;
    for (double& value : mean)
        value /= static_cast<double>(rows());
    return mean;
}

}  // namespace specsweep::measure
