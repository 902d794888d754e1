#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "metrics/power_law.hpp"

namespace specsweep::metrics {

/// Hill's estimator as a density exponent: α = 1 + k / Σ_{i≤k} ln(λ_(i)/λ_(k+1)), λ_(1) the largest.
/// Source: Hill 1975. @param ascending positive @return nothing when k < 1, k ≥ n or all the values are equal.
std::optional<double> hill_alpha(std::span<const double> ascending, std::int64_t k);

/// k = n/2: TempBalance and AlphaDecay call it the median rule (xmin_mid).
std::optional<double> hill_alpha_mid(std::span<const double> ascending);

/// k = max(10, n/10): AlphaQ.
std::optional<double> hill_alpha_tenth(std::span<const double> ascending);

/// xmin near the mode of ln λ (WeightWatcher's xmin_peak, TempBalance, AlphaPruning, FARMS): candidates
/// log₁₀(0.95·x_p) ≤ λ ≤ 1.5·x_p, x_p the left edge of the fullest of 100 bins of log₁₀ λ, index ECDF. The lower end
/// compares a logarithm with a value; published exponents were made so, and so it is kept.
std::optional<PowerLawFit> fit_power_law_at_peak(std::span<const double> ascending);

}  // namespace specsweep::metrics
