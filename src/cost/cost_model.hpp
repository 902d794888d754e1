#pragma once

#include <cstdint>
#include <string_view>

#include "cost/machine.hpp"

namespace specsweep::cost {

/// Seconds one rank needs for the whole spectrum of a rows × cols matrix, reading included (m ≥ n after transposition):
///
///   gram-two-stage  m n²/r₃ + 4/3 n³/r_b + b n²                             dsyrk; dense → band; chase, multisection
///   gram-lapack     m n²/r₃ + ⅔n³/r₃ + ⅔n³/r₂(n) + c n²                     dsyrk, dsytrd (half of it dsymv), dsterf
///   qr-lapack       (2 m n² − ⅔n³)/r₃ + 4/3 n³/r₃ + 4/3 n³/r₂(n) + c n²     dgeqrf, dgebrd (half of it dgemv), dlasq1
///   dgesdd          as qr-lapack
///   lanczos         22 m n s                                                passes until 1e-4 of σ₁, a Gaussian's
///
/// On a group of g ranks (group_solver.hpp), in rank-seconds, w bytes a second from the other ranks:
///
///   gram-band       m n²/r₃ + 4/3 n³/r_b + g (b n²/p + (4mn + 12n²)/w)      pdsytrd, pdsyttrd: r_g instead of r_b
///
/// p = most_pending_units(): a sweep has units enough to find the values of so many at once.
/// r₂(n) mixes the cached and the memory rate by the share of 8n² bytes that the cache cannot hold. Source: spectra.md
/// §1.1, §9. What is not in it: units of a Gram route that end on the accurate path, which nobody knows before.
/// @throws InternalError for a solver without a model.
double predicted_seconds(std::int64_t rows, std::int64_t cols, std::string_view solver,
                         const MachineConstants& = shipped_constants());

/// What quantizing adds to a unit: the passes over W̃ and E, and what the norm of E costs whatever its size.
double predicted_quantize_seconds(std::int64_t rows, std::int64_t cols, const MachineConstants& = shipped_constants());

/// Pairs of rows of an embedding whose angles are measured: `all` (`metrics: extended`) are those of at most 8192 rows.
enum class AnglePairs { sampled, all };

/// What the angles between the rows of an embedding add to a unit (measure/quasi_orthogonality.hpp), raw and centred:
/// a Gram matrix in fp32 each where there are more rows than columns, else a spectrum; two passes; pairs.
double predicted_angle_seconds(std::int64_t rows, std::int64_t cols, const MachineConstants& = shipped_constants(),
                               AnglePairs = AnglePairs::sampled);

/// What `metrics: extended` adds to a unit on one rank: the spectrum of the shuffled matrix, leading singular vectors
/// (a full Gram matrix, dsyevr) and at most 256 spectra of 128 × 128 submatrices; and the matrix in memory in fp64.
/// Units of groups have none of it. @throws as predicted_seconds
double predicted_extended_seconds(std::int64_t rows, std::int64_t cols, std::string_view solver,
                                  const MachineConstants& = shipped_constants());
std::int64_t predicted_extended_bytes(std::int64_t rows, std::int64_t cols, std::string_view solver);

/// What `certificate: worst-case` adds to a unit on one rank. Values from the Gram matrix (spectrum/gram_residual.hpp):
/// 3mn² flops for G to twice the precision (a quarter more with its sums), eigenvectors (dsyevd) and the residual's
/// products, 16n³. Values from W itself (singular_residual.hpp), where 2mn + 8n² numbers are at most 2 GiB: 28mn² +
/// 14n³; a Gram route may end there, so its bytes are the larger ones of both. Others have bounds that cost nothing.
/// @throws as predicted_seconds
double predicted_residual_seconds(std::int64_t rows, std::int64_t cols, std::string_view solver,
                                  const MachineConstants& = shipped_constants());
std::int64_t predicted_residual_bytes(std::int64_t rows, std::int64_t cols, std::string_view solver);

/// Peak memory of one rank (of a group: of each): 8 k² (the Gram matrix or R, k = min) + panels of 256 rows (stored,
/// fp32 before and after, two in fp64); of a group of g: 16 k²/g (G and the copy of pdsyttrd, or the 2k rows of the
/// accurate path) or 8 k²/g and 8 · 700 k (gram-band), two panels as read, and for wide matrices a store of 256 MiB +
/// the process itself. @throws InternalError for a solver without a model.
std::int64_t predicted_bytes(std::int64_t rows, std::int64_t cols, std::string_view solver);

/// The most units of a group of g ranks whose values are found together (run/pending_units.hpp): min(g, 16), 1 where
/// the solver has nothing to wait with. With 16 the chase costs a unit a sixteenth, a kill costs no more than 16 units.
int most_pending_units(std::string_view solver);

/// What each of them waits with on every rank: its band of half-width 16, 49 k doubles, in whole pages.
std::int64_t pending_bytes(std::int64_t rows, std::int64_t cols);

/// predicted_bytes(), and as many units that wait beside the one at work as fit into `bytes_per_rank` with it.
std::int64_t predicted_bytes_together(std::int64_t rows, std::int64_t cols, std::string_view solver,
                                      std::int64_t bytes_per_rank);

}  // namespace specsweep::cost
