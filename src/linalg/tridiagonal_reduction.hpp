#pragma once

#include <span>

#include "linalg/matrix_view.hpp"
#include "linalg/scratch.hpp"

namespace specsweep::linalg {

/// QᵀAQ = T for symmetric A (lower triangle given, destroyed): diagonal (n) and subdiagonal (n−1) of T.
/// dsytrd: one stage, half of the work bound by memory. @throws InternalError when a size does not fit.
void reduce_to_tridiagonal(MatrixView a, std::span<double> diagonal, std::span<double> subdiagonal,
                           const Scratch& scratch);

/// The same by way of a band (dsytrd_2stage, no vectors): pays when A is much larger than the cache.
void reduce_to_tridiagonal_in_two_stages(MatrixView a, std::span<double> diagonal, std::span<double> subdiagonal,
                                         const Scratch& scratch);

}  // namespace specsweep::linalg
