#include "metrics/marchenko_pastur.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace specsweep::metrics {

namespace {

/// Median singular value of a noise matrix, over τ√M.
double median_of_noise(double beta)
{
    const double lambda = std::sqrt(2 * (beta + 1) + 8 * beta / ((beta + 1) + std::sqrt(beta * beta + 14 * beta + 1)));
    const double omega = ((0.56 * beta - 0.95) * beta + 1.82) * beta + 1.43;
    return lambda / omega;
}

}  // namespace

MarchenkoPastur marchenko_pastur(std::span<const double> sigma, std::int64_t rows, std::int64_t cols)
{
    constexpr double tracy_widom_99 = 2.0234;
    const double m = std::sqrt(static_cast<double>(std::max(rows, cols)));
    const double n = std::sqrt(static_cast<double>(std::min(rows, cols)));
    const std::size_t half = sigma.size() / 2;
    const double median = sigma.size() % 2 == 1 ? sigma[half] : (sigma[half - 1] + sigma[half]) / 2;
    MarchenkoPastur result;
    result.noise = median / (m * median_of_noise((n / m) * (n / m)));
    result.edge_low = result.noise * (m - n);
    result.edge_high = result.noise * (m + n);
    const double spread = (m + n) * std::cbrt(1 / m + 1 / n);
    const double threshold = result.noise * std::sqrt((m + n) * (m + n) + tracy_widom_99 * spread);
    for (const double s : sigma)
        result.spikes += s > threshold;
    return result;
}

}  // namespace specsweep::metrics
