#pragma once

#include "linalg/matrix_view.hpp"
#include "linalg/scratch.hpp"

namespace specsweep::linalg {

/// A = QR (dgeqrf), m ≥ n: R replaces the upper triangle, zeros the rest of the first n rows; Q is not kept.
void reduce_to_triangle(MatrixView a, const Scratch& scratch);

/// R ← the triangle of [R; B] (dtpqrt with a rectangular B, which is destroyed): one step of a sequential TSQR.
/// R is n × n, upper triangle; B is m × n.
void fold_into_triangle(MatrixView r, MatrixView b, const Scratch& scratch);

}  // namespace specsweep::linalg
