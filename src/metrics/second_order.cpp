#include "metrics/second_order.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "metrics/quantile.hpp"

namespace specsweep::metrics {

double second_order_sigma(double sigma, double noise, std::int64_t rows, std::int64_t cols)
{
    const auto m = static_cast<double>(rows);
    const auto n = static_cast<double>(cols);
    const double t = noise * noise;
    const double s = sigma * sigma;
    return std::sqrt(s + t * (m + n) + t * m * (t * n / s));
}

std::optional<SecondOrderFit> second_order_fit(std::span<const double> sigma, std::span<const double> quantized,
                                               double noise, std::int64_t rows, std::int64_t cols)
{
    const double threshold =
        noise * std::sqrt(std::sqrt(static_cast<double>(rows)) * std::sqrt(static_cast<double>(cols)));
    std::vector<double> ratios;
    if (noise > 0)
        for (std::size_t k = 0; k < sigma.size() && sigma[k] > threshold; ++k)
            ratios.push_back((quantized[k] - sigma[k]) / (second_order_sigma(sigma[k], noise, rows, cols) - sigma[k]));
    if (ratios.empty())
        return std::nullopt;
    std::sort(ratios.begin(), ratios.end());
    return SecondOrderFit{quantile(ratios, 0.5), static_cast<std::int64_t>(ratios.size())};
}

}  // namespace specsweep::metrics
