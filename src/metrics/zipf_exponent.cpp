#include "metrics/zipf_exponent.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "metrics/spectral_slope.hpp"

namespace specsweep::metrics {

std::optional<double> zipf_exponent(std::span<const double> probabilities, std::int64_t last)
{
    std::vector<double> root;  // spectral_slope() squares what it gets
    for (const double p : probabilities)
        if (p > 0)
            root.push_back(std::sqrt(p));
    std::sort(root.begin(), root.end(), std::greater<>());
    const auto line = spectral_slope(root, 1, last, RankWeights::reciprocal);
    return line ? std::optional(-line->slope) : std::nullopt;
}

}  // namespace specsweep::metrics
