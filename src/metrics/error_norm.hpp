#pragma once

#include "metrics/pair.hpp"

namespace specsweep::metrics {

/// What is certain about ‖E‖₂, E = W̃ − W.
struct ErrorNormBounds {
    double lower = 0, upper = 0;
};

/// From spectra and moments alone:
///
///   max(max_k(|σ̃_k − σ_k| − e_k − ẽ_k), ‖E‖_max, ‖E‖_F/√min(m,n))  ≤  ‖E‖₂  ≤  ‖E‖_F
///
/// Source: Weyl 1912 read backwards; norm equivalence.
ErrorNormBounds error_norm_bounds(const SpectrumView& reference, const SpectrumView& quantized, const ErrorMoments&);

}  // namespace specsweep::metrics
