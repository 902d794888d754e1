#pragma once

#include "spectrum/rank_group.hpp"
#include "spectrum/spectrum.hpp"

namespace specsweep::spectrum {

/// What compute_spectrum() does, by all ranks of a group: for matrices whose 8k² bytes no rank has.
///
/// request.method: group_two_stage (own), group_gram (pdsyttrd), group_gram_panels (pdsytrd), group_qr; the Gram routes
/// go on to the accurate path where the tolerance asks for it, decided on rank 0. Every rank has a source of the same
/// matrix and reads its share of it.
/// @returns the spectrum on rank 0; elsewhere one without values. Collective. Any rank's fault ends it on all ranks:
/// the one throws its own, the others PeerFailure.
Spectrum compute_group_spectrum(PanelSource& source, const SpectrumRequest& request, const RankGroup& group,
                                Workspace& workspace);

/// Block size of the distribution: a function of the order, so that numbers repeat.
std::int64_t group_block_size(std::int64_t order);

/// The most bytes that a rank of a group holds, accurate path included.
std::int64_t group_working_set_bytes(std::int64_t rows, std::int64_t cols, int ranks);

}  // namespace specsweep::spectrum
