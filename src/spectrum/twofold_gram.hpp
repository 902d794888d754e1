#pragma once

#include "linalg/matrix_view.hpp"
#include "spectrum/long_side.hpp"

namespace specsweep::spectrum {

/// G = 2^(−exponent) WᵀW as an unevaluated sum, to about twice the precision of one number.
struct TwofoldGram {
    linalg::MatrixView high, low;  ///< k × k, both symmetric, both triangles; in Workspace::Slot::twofold
    double error = 0;              ///< ‖high + low − G‖_F ≤ error, whatever the rounding errors
};

/// Every piece W_p of 256 of the long side is split into head and tail (error_free.hpp):
///
///   W_pᵀW_p = HᵀH + (H + T/2)ᵀT + Tᵀ(H + T/2),        HᵀH exact in fp64, the rest smaller by 2^(−18);
///
/// the exact parts are added up in two numbers an entry (two_sum), so that what is rounded is small everywhere:
///
///   error = ( (γ_{264} + γ_{2P+2})·2.01·2^(−18) + γ_{2P} P u ) ‖W‖_F²,   P pieces: some 0.01 u ‖W‖_F².
///
/// 3mk² flops. @param frobenius_squared  not less than ‖W‖_F² of `matrix`
TwofoldGram twofold_gram(LongSide& matrix, int exponent, double frobenius_squared, Workspace& workspace);

}  // namespace specsweep::spectrum
