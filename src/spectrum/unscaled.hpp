#pragma once

#include <span>

#include "spectrum/gram_route.hpp"
#include "spectrum/spectrum.hpp"

namespace specsweep::spectrum {

/// A route's result in the units of the weights.
Spectrum unscaled(const ScaledSpectrum& scaled, Method method);

/// Whether an unresolved σ_k may lie above bound/tolerance, `bound` that of the accurate path (architecture.md §4.3).
bool some_value_needs(std::span<const double> sigma, std::span<const double> error, double bound, double tolerance);

}  // namespace specsweep::spectrum
