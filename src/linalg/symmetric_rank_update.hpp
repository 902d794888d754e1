#pragma once

#include "linalg/matrix_view.hpp"

namespace specsweep::linalg {

/// C += AᵀA, lower triangle only (dsyrk 'L','T', α = β = 1). A is m × k, C is k × k.
/// @throws InternalError when shapes do not fit each other or 32-bit integers.
void add_gram_lower(ConstMatrixView a, MatrixView c);

/// C += AAᵀ, lower triangle only (dsyrk 'L','N'). A is k × m, C is k × k. @throws as above
void add_outer_lower(ConstMatrixView a, MatrixView c);

}  // namespace specsweep::linalg
