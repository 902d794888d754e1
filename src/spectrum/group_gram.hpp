#pragma once

#include "linalg/distributed_matrix.hpp"
#include "linalg/distributed_reduction.hpp"
#include "spectrum/gram_route.hpp"
#include "spectrum/rank_group.hpp"
#include "spectrum/shared_pieces.hpp"

namespace specsweep::spectrum {

/// The Gram route on a group: gram_route.hpp with G block-cyclic.
///
/// Every rank sees the pieces P_p in their order and adds P_p(:, I)ᵀ P_p(:, J) to its own tiles (I, J) on or below the
/// diagonal: no sum crosses ranks, so that none depends on an order of messages. mn²/g flops and 4mn bytes received a
/// rank, 8k²/g bytes of G; nothing of size k² anywhere. T by ScaLAPACK (distributed_reduction.hpp), its eigenvalues on
/// rank 0 while the others wait asleep. The certificate is that of one rank: the same sums, the same reflectors.
/// @returns the spectrum on rank 0, an empty one elsewhere. Collective; faults end it on every rank
/// (peer_failure.hpp).
ScaledSpectrum group_gram_spectrum(SharedPieces& matrix, const RankGroup& group, std::int64_t nb,
                                   linalg::SymmetricReduction reduction, Certificate certificate, Workspace& workspace);

}  // namespace specsweep::spectrum
