#pragma once

#include "spectrum/gram_route.hpp"
#include "spectrum/rank_group.hpp"
#include "spectrum/shared_pieces.hpp"

namespace specsweep::spectrum {

/// The textbook on a group: pdgesvd('N', 'N') on the whole matrix in fp64, block-cyclic, 8mn/g bytes a rank; for
/// comparison, not for speed.
///
/// pdgebrd's reflectors are two sequences of k, of up to `length` entries, on the matrix as it is; its bidiagonal
/// matrix is not accessible, so dqds (pdbdsqr without vectors calls it) is bounded a priori, 8k·u·σ_k (Fernando &
/// Parlett 1994).
///   |σ̂_k − σ_k| ≤ B + 8k·u·σ_k,   probabilistic: B = λ(k) u σ₁ √(4k + 2ks), s = group_orthogonal_steps(): never below
///   what the accurate path states;   worst case: B = 2k γ_{12·length} ‖W‖_F
/// @returns the spectrum on rank 0, an empty one elsewhere. Collective; faults end it on every rank.
ScaledSpectrum group_dense_spectrum(SharedPieces& matrix, const RankGroup& group, std::int64_t nb,
                                    Certificate certificate, Workspace& workspace);

}  // namespace specsweep::spectrum
