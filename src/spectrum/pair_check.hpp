#pragma once

#include <span>

namespace specsweep::spectrum {

/// Do the spectra of W and of W + E agree with what is known of E? (architecture.md §4.4)
///
///   Weyl:    max_k (|σ̃_k − σ_k| − e_k − ẽ_k)            ≤ ‖E‖₂ ≤ ‖E‖_F
///   Mirsky:  Σ_k max(0, |σ̃_k − σ_k| − e_k − ẽ_k)²       ≤ ‖E‖_F²
///
/// with e, ẽ the bounds of the two spectra. Both hold for any W and E; a violation means wrong numbers.
struct PairCheck {
    bool weyl_holds = true;
    bool mirsky_holds = true;
    double weyl_left = 0;     ///< max_k (|Δσ_k| − e_k − ẽ_k), at least 0
    double weyl_right = 0;    ///< the bound used for ‖E‖₂
    double weyl_slack = 0;    ///< right − left; negative when violated
    double mirsky_left = 0;   ///< √ of the sum above
    double mirsky_right = 0;  ///< ‖E‖_F
    double mirsky_slack = 0;
};

/// @param error_frobenius ‖E‖_F of E = W̃ − W, correctly to a relative 1e-12 (allowed for); 0 when nothing changed.
/// @param error_spectral_upper a guaranteed upper bound of ‖E‖₂ where one is known; infinity otherwise.
/// @pre all four spans have the same length.  @throws InternalError otherwise.
PairCheck check_pair(std::span<const double> sigma, std::span<const double> error, std::span<const double> sigma_ref,
                     std::span<const double> error_ref, double error_frobenius, double error_spectral_upper);
PairCheck check_pair(std::span<const double> sigma, std::span<const double> error, std::span<const double> sigma_ref,
                     std::span<const double> error_ref, double error_frobenius);

}  // namespace specsweep::spectrum
