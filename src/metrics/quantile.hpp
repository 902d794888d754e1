#pragma once

#include <cmath>
#include <cstddef>
#include <span>

namespace specsweep::metrics {

/// Linear interpolation between order statistics (numpy's default). @param sorted ascending, not empty; 0 ≤ q ≤ 1
inline double quantile(std::span<const double> sorted, double q)
{
    const double place = q * static_cast<double>(sorted.size() - 1);
    const double floor = std::floor(place);
    const auto low = static_cast<std::size_t>(floor);
    const std::size_t high = low + 1 < sorted.size() ? low + 1 : low;
    return sorted[low] + (place - floor) * (sorted[high] - sorted[low]);
}

}  // namespace specsweep::metrics
