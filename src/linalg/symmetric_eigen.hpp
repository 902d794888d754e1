#pragma once

#include <cstdint>
#include <vector>

#include "linalg/matrix_view.hpp"
#include "linalg/scratch.hpp"

namespace specsweep::linalg {

/// The `count` largest eigenvalues of a small symmetric matrix, descending, and where asked for their orthonormal
/// eigenvectors, one a column.
struct LargestEigenpairs {
    std::vector<double> values;
    std::vector<double> vectors;  ///< order × count, column-major; empty when not asked for
};

enum class Eigenvectors { none, wanted };

/// dsyevr. @param a upper triangle given; destroyed. 1 ≤ count ≤ order.
/// @throws LapackFailure, InternalError when shapes do not fit.
LargestEigenpairs largest_eigenpairs(MatrixView a, std::int64_t count, Eigenvectors vectors, const Scratch& scratch);

/// dsyevd: all eigenvectors, one a column, in ascending order of their eigenvalues. @param a lower triangle given;
/// replaced by them. Takes 2·order² + 6·order + 1 doubles of scratch.
/// @throws LapackFailure, InternalError when shapes do not fit.
void replace_by_eigenvectors(MatrixView a, const Scratch& scratch);

}  // namespace specsweep::linalg
