#pragma once

#include <cstdint>

#include "measure/measure_unit.hpp"
#include "measure/quantized_source.hpp"
#include "spectrum/lanczos.hpp"

namespace specsweep::measure {

/// What the passes of the solver have summed over E; no norm yet.
ErrorMeasurement error_sums(QuantizedSource& source);

/// Whether E can be handed on in binary32 (ErrorSource).
bool error_has_norm(const PairMoments& moments);

/// E is close to white noise, whose largest singular values lie close together: its norm to a few per cent is what a
/// handful of steps give; both bounds hold whatever the number of steps.
spectrum::NormRequest error_norm_request(std::uint64_t seed);

/// The bounds of ‖E‖₂ from those of ‖Ê‖₂. @param original of the shape of E.
void set_error_norm(ErrorMeasurement& error, const spectrum::SpectralNorm& norm, const PairMoments& moments,
                    const spectrum::PanelSource& original);

}  // namespace specsweep::measure
