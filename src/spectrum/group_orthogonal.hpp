#pragma once

#include "spectrum/gram_route.hpp"
#include "spectrum/rank_group.hpp"
#include "spectrum/shared_pieces.hpp"

namespace specsweep::spectrum {

/// The accurate path on a group: R of W = QR by pdgeqrf on a block-cyclic stack of at most 2k rows — R of what came
/// before on top of k new rows — until the long side is used up; then pdgebrd, and dlasq1 on rank 0.
///
/// 16k²/g bytes a rank whatever the length. Bound: orthogonal_route.hpp with s = group_orthogonal_steps().
/// @returns the spectrum on rank 0, an empty one elsewhere. Collective; faults end it on every rank.
ScaledSpectrum group_orthogonal_spectrum(SharedPieces& matrix, const RankGroup& group, std::int64_t nb,
                                         Certificate certificate, Workspace& workspace);

/// How many times pdgeqrf runs: 0 for a square matrix, else ⌈(length − k)/k⌉.
std::int64_t group_orthogonal_steps(std::int64_t width, std::int64_t length);

/// B of orthogonal_route_bound() for reflectors of up to 2k entries and that many steps.
double group_orthogonal_bound(std::int64_t width, std::int64_t length, double sigma_max, double frobenius,
                              Certificate certificate);

}  // namespace specsweep::spectrum
