#pragma once

#include <cstdint>
#include <span>

namespace specsweep::metrics {

/// log₁₀ Σ λ^a = a·log₁₀ λ_max + log₁₀ Σ (λ_i/λ_max)^a, which cannot overflow. @param ascending positive, not empty
double log10_power_sum(std::span<const double> ascending, double a);

/// The smallest tail (from the largest value down) whose product falls below one: WeightWatcher's detX, with sums of
/// logarithms where it multiplies (and overflows from a few thousand values on).
struct DetX {
    std::int64_t count = 0;  ///< values in the tail, the one that brought the product below one included
    double value = 0;        ///< the smallest of them; −1 with count 0 when the product never falls below one
};

/// @param ascending non-negative, scaled as wanted (WeightWatcher: λ·n/Σλ)
DetX det_x(std::span<const double> ascending);

}  // namespace specsweep::metrics
