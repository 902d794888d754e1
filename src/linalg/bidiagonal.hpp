#pragma once

#include <span>

#include "linalg/matrix_view.hpp"
#include "linalg/scratch.hpp"

namespace specsweep::linalg {

/// UᵀAV = B upper bidiagonal (dgebrd), m ≥ n; A is destroyed: diagonal (n) and superdiagonal (n−1) of B.
void reduce_to_bidiagonal(MatrixView a, std::span<double> diagonal, std::span<double> superdiagonal,
                          const Scratch& scratch);

/// Singular values of an upper bidiagonal matrix, descending, in `diagonal` (dqds: dlasq1); `superdiagonal` is
/// destroyed. Each has a small relative error in exact arithmetic's neighbourhood (Fernando & Parlett 1994).
/// @throws LapackFailure when dqds does not converge.
void bidiagonal_singular_values(std::span<double> diagonal, std::span<double> superdiagonal, const Scratch& scratch);

}  // namespace specsweep::linalg
