#pragma once

#include <cstdint>
#include <span>

#include "linalg/matrix_view.hpp"
#include "spectrum/band_matrix.hpp"
#include "spectrum/simd.hpp"

namespace specsweep::spectrum {

/// Half-width of the band that the machine's kernels reduce to: 16, or 8 for small orders and CPUs with 16 registers.
std::int64_t band_half_width(std::int64_t order, InstructionSet instructions);

/// Orders are padded with zero rows and columns to a multiple of 16: no kernel has edge code.
std::int64_t padded_order(std::int64_t order);

/// Doubles that reduce_to_band() needs beside the matrix: V twice, W, Z, and the packed update, n × b each or twice
/// that.
std::int64_t band_reduction_memory(std::int64_t padded, std::int64_t half_width);

/// QᵀAQ = B, dense → band, in one fused pass over A for each b columns (spectra.md §9, stage 1).
///
/// For panel p, columns [c, c + b), pending update (V, W) of panel p − 1 (A is to become A − V Wᵀ − W Vᵀ):
///  1. the pending update on these columns only; their diagonal block goes into the band;
///  2. QR of what lies below: I − V' T V'ᵀ; R goes into the band;
///  3. over the lower tiles (128 × 32) of the trailing matrix: the pending update, then, while the tile is in cache,
///     Z_i += tile·V'_j and Z_j += tileᵀ·V'_i, so that Z = A V' when the pass ends;
///  4. W' = Z T − ½ V' M, M = Tᵀ(V'ᵀZ)T; (V', W') is pending.
/// Each entry of A is read and written once for b columns: n³/(6b)·16 bytes in all, against 4/3 n³ of dsytrd.
///
/// @param a lower triangle given, order padded_order(n), zero beyond n; destroyed.
/// @param memory band_reduction_memory() doubles, 64-byte aligned.
void reduce_to_band(linalg::MatrixView a, const BandMatrix& band, std::span<double> memory,
                    InstructionSet instructions = widest_instruction_set());

}  // namespace specsweep::spectrum
