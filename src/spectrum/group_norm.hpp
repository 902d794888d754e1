#pragma once

#include "mpi/communicator.hpp"
#include "spectrum/lanczos.hpp"

namespace specsweep::spectrum {

/// spectral_norm() by a group of ranks: each passes over its own panels of 256 rows (p mod g = rank), of which it keeps
/// 8k²/g bytes and reads the rest anew; products are summed in rank order, the Krylov space is on rank 0.
///
/// The same bounds: a sum of m terms obeys γ_m in any order.
/// @param source the same matrix on every rank, in fp32. @returns the norm on rank 0, an empty one elsewhere.
/// Collective; faults end it on every rank (peer_failure.hpp). @throws InternalError for an F64 source.
SpectralNorm group_spectral_norm(PanelSource& source, const NormRequest& request, const mpi::Communicator& group,
                                 Workspace& workspace);

}  // namespace specsweep::spectrum
