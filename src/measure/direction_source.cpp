#include "measure/direction_source.hpp"

#include <algorithm>
#include <cmath>

namespace specsweep::measure {

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
        double squares = 0;
        for (std::size_t c = 0; c < n; ++c) {
            if (!mean_.empty())
                row[c] -= mean_[c];
            squares += row[c] * row[c];
        }
        const double length = std::sqrt(squares);
        if (length > 0)
            for (std::size_t c = 0; c < n; ++c)
                row[c] /= length;
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
