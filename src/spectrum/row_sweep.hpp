#pragma once

#include <cstdint>

#include "linalg/matrix_view.hpp"
#include "spectrum/simd.hpp"

namespace specsweep::spectrum {

/// Vectors that a sweep multiplies at once: what the arithmetic of a core does while a row comes from memory.
inline constexpr std::int64_t sweep_width = 4;

/// One pass over a few rows P of a matrix (row-major, ld = columns of P):
///   Z += PᵀP X,   squares[q] += ‖P x_q‖²           X, Z: columns of P × 4, column-major.
/// Each row is read from memory once. Dot products run in lanes along the row: |fl(p·x) − p·x| ≤ γ_{n+1} |p|ᵀ|x|.
void sweep_rows(const float* rows, std::int64_t count, linalg::ConstMatrixView x, linalg::MatrixView z, double* squares,
                InstructionSet instructions = widest_instruction_set());
void sweep_rows(const double* rows, std::int64_t count, linalg::ConstMatrixView x, linalg::MatrixView z,
                double* squares, InstructionSet instructions = widest_instruction_set());

}  // namespace specsweep::spectrum
