#pragma once

#include <cstdint>
#include <span>

#include "spectrum/long_side.hpp"

namespace specsweep::spectrum {

/// δ with |values_i − λ_i(G)| ≤ δ for every i, G = 2^(−exponent) WᵀW of order k: a theorem on what was measured, with
/// no assumption on rounding errors. With any non-singular X, Λ = diag(values) and R = GX − XΛ,
///
///   max_i |values_i − λ_i(G)| ≤ ‖R‖₂ / σ_min(X)
///
/// for values in ascending order (Kahan 1967; Cao, Xie & Li, Linear Algebra Appl. 247 (1996) 147; proof in
/// docs/accuracy.md). X are the eigenvectors that dsyevd finds. Cancellation in R is met by computing it to twice the
/// precision (twofold_gram.hpp, twofold_product.hpp); with everything that is rounded counted at its largest,
///
///   δ = (‖R̂‖_F + ε_R) / √(1 − θ) + ε_G,     θ: orthogonality.hpp, ε_R: difference_uncertainty(), ε_G: TwofoldGram.
///
/// About 3mk² + 16k³ flops, against the mk² + 4/3 k³ of the values themselves.
/// @param ascending  k values @param frobenius_squared  not less than ‖W‖_F² of `matrix`
/// @throws SelfCheckFailure when θ ≥ 1/2, LapackFailure
double gram_residual_bound(LongSide& matrix, int exponent, std::span<const double> ascending, double frobenius_squared,
                           Workspace& workspace);

/// Bytes that gram_residual_bound() holds for k = width beyond those of the Gram route.
std::int64_t gram_residual_bytes(std::int64_t width);

}  // namespace specsweep::spectrum
