#pragma once

#include "linalg/matrix_view.hpp"

namespace specsweep::linalg {

/// C += AᵀA, lower triangle only (dsyrk 'L','T', α = β = 1). A is m × k, C is k × k.
/// @throws InternalError when shapes do not fit each other or 32-bit integers.
void add_gram_lower(ConstMatrixView a, MatrixView c);

/// C += AAᵀ in fp32, lower triangle only (ssyrk 'L','N'). A is k × m, C is k × k. @throws as above
void add_outer_lower(BasicMatrixView<const float> a, BasicMatrixView<float> c);

}  // namespace specsweep::linalg
