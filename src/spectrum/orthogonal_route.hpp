#pragma once

#include "spectrum/gram_route.hpp"

namespace specsweep::spectrum {

/// The accurate path: R of W = QR (or of Wᵀ) by sequential TSQR over the pieces of the long side, UᵀRV = B bidiagonal
/// (dgebrd), σ_k(B) by dqds (dlasq1), each verified by Sturm counts of the Golub-Kahan form of B.
/// W is never held in fp64: R (k × k) and one piece. @throws SolverFailure, InputError (value not finite).
ScaledSpectrum orthogonal_spectrum(LongSide& matrix, Certificate certificate, Workspace& workspace);

/// B with |σ̂_k − σ_k| ≤ B for all k, but for the verified error of the bidiagonal stage, given an estimate of σ₁ (and
/// of ‖W‖_F for the worst case).
///
/// Probabilistic (same model and failure probability as gram_certificate.hpp):
///   B = λ(k) · u · σ₁ · √(4k + 2k·s)     s = steps of the TSQR = ⌈(long side − k)/256⌉ + [long side > k]
/// each of the k reflectors of a step rounds an entry twice, and the bidiagonal reduction each entry four times a
/// column. Worst case a priori:  B = (2k + k·s) γ_{12(k+256)} ‖W‖_F     (Higham 2002, Lemma 19.3 for each sequence of
/// reflectors), where it is not measured (singular_residual.hpp).
double orthogonal_route_bound(std::int64_t width, std::int64_t length, double sigma_max, double frobenius,
                              Certificate certificate);

/// B before the path is taken, which decides whether it is worth taking: for a worst case that will be measured the
/// probabilistic one, which a measurement stays below.
double expected_orthogonal_bound(std::int64_t width, std::int64_t length, double sigma_max, double frobenius,
                                 Certificate certificate);

}  // namespace specsweep::spectrum
