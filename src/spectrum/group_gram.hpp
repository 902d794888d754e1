#pragma once

#include "spectrum/gram_route.hpp"
#include "spectrum/rank_group.hpp"
#include "spectrum/shared_pieces.hpp"

namespace specsweep::spectrum {

/// The Gram route on a group: gram_route.hpp with G spread over the ranks (group_gram_matrix.hpp), 4mn bytes received a
/// rank, nothing of size k² anywhere.
///
/// @param method group_two_stage (own two stages), group_gram_panels (pdsytrd) or group_gram (pdsyntrd).
/// The values of T come from rank 0 while the others wait asleep. The certificate is that of one rank: the same sums,
/// reflectors of the same kind.
/// @returns the spectrum on rank 0, an empty one elsewhere. Collective; faults end it on every rank
/// (peer_failure.hpp).
ScaledSpectrum group_gram_spectrum(SharedPieces& matrix, const RankGroup& group, std::int64_t nb, Method method,
                                   Certificate certificate, Workspace& workspace);

}  // namespace specsweep::spectrum
