#pragma once

#include "metrics/pair.hpp"

namespace specsweep::metrics {

/// What is certain about ‖E‖₂, E = W̃ − W₃₂.
struct ErrorNormBounds {
    double lower = 0, upper = 0;
};

/// From spectra and moments, guaranteed:
///
///   max(max_k(|σ̃_k − σ_k| − e_k − ẽ_k − ‖W − W₃₂‖), ‖E‖_max, ‖E‖_F/√min(m,n), ‖Ex‖/‖x‖ by Lanczos)
///       ≤ ‖E‖₂ ≤ min(‖E‖_F, √(‖E‖₁‖E‖_∞))
///
/// The right side is raised by what its sums may have lost, (m + n + 8)·2⁻⁵³ relative.
/// Source: Weyl 1912 read backwards; norm equivalence (Golub & Van Loan, §2.3).
ErrorNormBounds error_norm_bounds(const SpectrumView& reference, const SpectrumView& quantized, const ErrorMoments&);

}  // namespace specsweep::metrics
