#pragma once

#include <span>

#include "spectrum/band_matrix.hpp"
#include "spectrum/dealt_matrix.hpp"
#include "spectrum/simd.hpp"

namespace specsweep::spectrum {

/// reduce_to_band() by a group of ranks: the same pass, each rank over the tiles of its own columns.
///
/// Once for each b columns the ranks exchange: the next columns, from their owner to all (n·b doubles), and the sum of
/// every rank's part of Z = A V, in rank order (n·b there and back). QR of the panel and W = Z T − ½ V M are made on
/// every rank alike. In all 3/2 n² doubles received a rank, whatever b, against 4/3 n³/g flops.
///
/// @param a local parts given, order padded_order(n), zero beyond n; destroyed.
/// @param band of the same order and half-width on every rank; the result stands in all of them.
/// @param memory band_reduction_memory() doubles, 64-byte aligned.
/// @param instructions the same on every rank (group_instruction_set()). Collective; no rank fails alone.
void reduce_to_band(const DealtMatrix& a, const BandMatrix& band, std::span<double> memory,
                    InstructionSet instructions);

/// The widest that all ranks have: half-widths must agree. Collective.
InstructionSet group_instruction_set(const mpi::Communicator& comm);

}  // namespace specsweep::spectrum
