#include "measure/direction_source.hpp"

#include <algorithm>
#include <cmath>

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

std::vector<double> mean_row(spectrum::PanelSource& source)
{
    constexpr std::int64_t panel_rows = 256;
    const auto n = static_cast<std::size_t>(source.cols());
    std::vector<double> sum(n, 0.0);
    std::vector<double> panel(static_cast<std::size_t>(std::min(panel_rows, source.rows())) * n);
    for (std::int64_t row = 0; row < source.rows(); row += panel_rows) {
        const std::int64_t count = std::min(panel_rows, source.rows() - row);
        source.read(row, count, panel.data());
        for (std::int64_t r = 0; r < count; ++r)
            for (std::size_t c = 0; c < n; ++c)
                sum[c] += panel[static_cast<std::size_t>(r) * n + c];
    }
    for (double& value : sum)
        value /= static_cast<double>(source.rows());
    return sum;
}

}  // namespace specsweep::measure
