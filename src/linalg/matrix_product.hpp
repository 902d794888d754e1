#pragma once

#include "linalg/matrix_view.hpp"

namespace specsweep::linalg {

enum class Transpose { no, yes };

/// C = α op(A) op(B) + β C (dgemm). @throws InternalError when shapes do not fit each other or 32-bit integers.
void multiply(double alpha, Transpose transpose_a, ConstMatrixView a, Transpose transpose_b, ConstMatrixView b,
              double beta, MatrixView c);

}  // namespace specsweep::linalg
