#pragma once

#include <cstddef>
#include <vector>

#include "metrics/single.hpp"

namespace specsweep::metrics {

/// Slopes, power laws and tail exponents of the resolved values: the fitted members of SingleMetrics.
/// @pre σ₁ > 0
void fill_fits(SingleMetrics&, const SpectrumView&, const MetricSettings&);

/// λ = σ² of the resolved values, ascending: what power laws are fitted to.
std::vector<double> resolved_energies(const SpectrumView&, double tolerance);

/// Fewer values than this get no fit.
inline constexpr std::size_t fewest_for_fit = 10;

}  // namespace specsweep::metrics
