#pragma once

#include <span>

namespace specsweep::metrics {

/// Two theorems that every pair of spectra obeys, evaluated with the certified bounds as slack. A violation is a fault
/// of ours, never a finding about the weights.
///
///   Weyl    max_k (|σ̃_k − σ_k| − ẽ_k − e_k)          ≤ ‖E‖_F     (≥ ‖E‖₂)
///   Mirsky  Σ_k max(0, |σ̃_k − σ_k| − ẽ_k − e_k)²      ≤ ‖E‖_F²
///
/// Left sides are rounded down and right sides up by what their own evaluation may have lost ((k+4)·ε relative).
/// Source: Weyl 1912; Mirsky 1960, theorem 5; architecture.md §4.4.
struct PairCheck {
    bool weyl_holds = true, mirsky_holds = true;
    double weyl_left = 0, weyl_right = 0;
    double mirsky_left = 0, mirsky_right = 0;

    bool holds() const { return weyl_holds && mirsky_holds; }
    double weyl_slack() const { return weyl_right - weyl_left; }
    double mirsky_slack() const { return mirsky_right - mirsky_left; }
};

/// @param error_frobenius ‖E‖_F as summed;  @param error_frobenius_error absolute bound of that sum's own error
/// @throws InternalError when the four spans differ in length.
PairCheck check_pair(std::span<const double> sigma, std::span<const double> error,
                     std::span<const double> sigma_reference, std::span<const double> error_reference,
                     double error_frobenius, double error_frobenius_error = 0);

}  // namespace specsweep::metrics
