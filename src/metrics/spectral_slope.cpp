#include "metrics/spectral_slope.hpp"

#include <algorithm>
#include <cmath>

namespace specsweep::metrics {

std::optional<SpectralSlope> spectral_slope(std::span<const double> sigma, std::int64_t first, std::int64_t last,
                                            RankWeights weights)
{
    last = std::min(last, static_cast<std::int64_t>(sigma.size()));
    first = std::max<std::int64_t>(first, 1);
    if (last - first < 2)
        return std::nullopt;
    const auto weight = [=](double k) { return weights == RankWeights::equal ? 1.0 : 1.0 / k; };
    double w = 0;
    double wx = 0;
    double wy = 0;
    for (std::int64_t k = first; k <= last; ++k) {
        const double wk = weight(static_cast<double>(k));
        w += wk;
        wx += wk * std::log(static_cast<double>(k));
        wy += wk * 2 * std::log(sigma[static_cast<std::size_t>(k - 1)]);
    }
    const double mean_x = wx / w;
    const double mean_y = wy / w;
    double xx = 0;
    double xy = 0;
    double yy = 0;
    for (std::int64_t k = first; k <= last; ++k) {
        const double wk = weight(static_cast<double>(k));
        const double dx = std::log(static_cast<double>(k)) - mean_x;
        const double dy = 2 * std::log(sigma[static_cast<std::size_t>(k - 1)]) - mean_y;
        xx += wk * dx * dx;
        xy += wk * dx * dy;
        yy += wk * dy * dy;
    }
    SpectralSlope result;
    result.slope = xy / xx;
    const double left_over = std::max(0.0, yy - result.slope * xy);
    result.r2 = yy > 0 ? 1 - left_over / yy : 1;
    result.slope_error = std::sqrt(left_over / (static_cast<double>(last - first + 1) - 2) / xx);
    result.first = first;
    result.last = last;
    return result;
}

}  // namespace specsweep::metrics
