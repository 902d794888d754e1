#pragma once

#include <cstdint>

namespace specsweep::spectrum {

/// u = 2⁻⁵³, unit roundoff of fp64 with rounding to nearest.
inline constexpr double unit_roundoff = 0x1p-53;

/// What the probabilistic certificate may fail with, per spectrum: 1e-9 in a sweep of 10⁶ units.
inline constexpr double failure_per_spectrum = 1e-15;

/// γ_n = n·u/(1 − n·u), the deterministic factor of n rounding errors in a row (Higham 2002, Lemma 3.1).
double gamma_factor(double n);

/// λ(k) = √(2 ln(2k/p)), p = failure_per_spectrum / 4: tail of the norm of a k × k symmetric matrix martingale.
///
/// If X = Σ_t δ_t s_t B_t with symmetric B_t, |δ_t| ≤ u of conditional mean zero and s_t known before δ_t, then
///   P(‖X‖₂ > λ(k)·u·‖Σ_t s_t² B_t²‖₂^{1/2}) ≤ p         (Hoeffding's lemma on each eigenvalue, then Tropp 2012, §7).
/// The quarter leaves room for the four independent uses in one spectrum.
double tail_factor(std::int64_t k);

}  // namespace specsweep::spectrum
