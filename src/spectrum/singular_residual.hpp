#pragma once

#include <cstdint>
#include <span>

#include "spectrum/long_side.hpp"

namespace specsweep::spectrum {

/// δ with |values_i − σ_i(2^(−exponent) W)| ≤ δ for every i: what gram_residual.hpp does for the Gram route, for
/// values that come from W itself. W is long × k, U (long × k) and V (k × k) are the singular vectors that dgesdd
/// finds,
///
///   R₁ = WV − U diag(values),   R₂ = WᵀU − V diag(values),
///
///   δ = √( (‖R₁‖² (1 + 1/(1 − θ)) + ‖R₂‖²) / (1 − θ) ),     ‖UᵀU − I‖, ‖VᵀV − I‖ ≤ θ
///
/// norms of Frobenius and, for R₁ and R₂, to twice the precision (twofold_product.hpp), roundings at their largest
/// included. It is Kahan's theorem for [0 Wᵀ; W 0] with the vectors (V; ±U)/√2 and an orthonormal complement of U, to
/// which the value 0 belongs with a residual ≤ ‖R₁‖/σ_min(V); docs/accuracy.md has it step by step.
///
/// Holds W and U in fp64. @param values  k, descending @throws SelfCheckFailure when θ ≥ 1/2, LapackFailure
double singular_residual_bound(LongSide& matrix, int exponent, std::span<const double> values, Workspace& workspace);

/// Bytes that it holds for a long × k matrix beyond those of the accurate path.
std::int64_t singular_residual_bytes(std::int64_t length, std::int64_t width);

/// Whether a worst-case certificate of values from W itself is measured: where 2·length·k + 8k² numbers are at most 2
/// GiB (cost/cost_model.hpp counts alike). A matter of the shape alone, so that bounds are the same everywhere;
/// elsewhere they are a priori (orthogonal_route.hpp).
bool measures_singular_residual(std::int64_t length, std::int64_t width);

}  // namespace specsweep::spectrum
