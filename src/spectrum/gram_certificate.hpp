#pragma once

#include <cstdint>

#include "spectrum/method.hpp"

namespace specsweep::spectrum {

/// What the certificate of the Gram route needs to know.
struct GramFacts {
    std::int64_t width = 0;        ///< k
    std::int64_t pieces = 0;       ///< P, of 256 of the long side
    double lambda_max = 0;         ///< computed λ₁ of G
    double frobenius_squared = 0;  ///< ‖W‖_F²
};

/// δ with |λ̂_k − σ_k²| ≤ δ for all k, but for the error of the tridiagonal eigenvalues, which is verified for each.
///
/// Probabilistic (failure ≤ 1e-15 a spectrum, if rounding errors are mean-zero and mean-independent of earlier ones):
///
///   δ = λ(k) · u · σ₁² · ( √(512 + P) + √(4k) ),      λ(k) = √(2 ln(2k/2.5e-16)) ≈ 9,   u = 2⁻⁵³
///
///  - Gram, √(512 + P): an entry takes at most 256 additions inside each piece and P between pieces. At step t the
///  partial
///    sums of row i are a part of W_tᵀw_i, so their squares add up to at most σ₁²‖w_i‖² over the row: the variance of
///    the matrix martingale is ≤ (512 + P) u² σ₁² max‖w_i‖² ≤ (512 + P) u² σ₁⁴; the last step also covers columns that
///    are equal, whose errors are. 512, not 256: edge kernels may add in another order than the main one. Where P is so
///    large that equal entries could drift further, (256 + P)/2 takes the place of λ√(512 + P).
///  - Reduction, √(4k): every entry of the trailing matrix takes two roundings for each of its at most k rank-2
///  updates;
///    their partial sums are of the size of the matrix itself, and the errors of dsymv enter with a rank-2 matrix of
///    the same variance. The factor 4 is calibrated; docs/accuracy.md says how, and what is proved and what is not.
///
/// Worst case, a priori, for groups of ranks: δ = γ_{258+P} ‖W‖_F² + 2k γ_{12(k+16)} ‖Ĝ‖_F, ‖Ĝ‖_F ≤ √(σ₁² ‖W‖_F²)
/// (Higham 2002, §3.1 and Lemma 19.3 with its constant counted as 12; k reflectors of up to k entries, and k sweeps of
/// the band's chase, of up to 16 each). One rank measures instead: gram_residual.hpp.
double gram_eigenvalue_bound(const GramFacts& facts, Certificate certificate);

/// The bound for σ = √max(0, λ̂) that follows from |λ̂ − σ²| ≤ δ, roundings of the square root included:
///   max( √λ̂ − √max(0, λ̂ − δ), √(λ̂ + δ) − √λ̂ ).
double square_root_bound(double lambda, double delta);

}  // namespace specsweep::spectrum
