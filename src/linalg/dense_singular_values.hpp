#pragma once

#include <vector>

#include "linalg/matrix_view.hpp"
#include "linalg/scratch.hpp"

namespace specsweep::linalg {

/// Textbook routes on a dense fp64 matrix, descending; A is destroyed. For tests, benches and matrices of a
/// few rows, not for the spectra of a sweep.

/// dgesdd('N'): Householder bidiagonal reduction, dqds. Absolute error about 1e-15·σ₁·√n.
std::vector<double> singular_values_gesdd(MatrixView a);

/// dgesdd('O'): A (m × n, m ≥ n) becomes its n left singular vectors, one a column, `right` (n × n) the right ones, one
/// a row, in descending order of their values. Takes some 5n² doubles of scratch, as LAPACK says.
/// @throws LapackFailure, InternalError when shapes do not fit
void replace_by_left_vectors(MatrixView a, MatrixView right, const Scratch& scratch);

/// dgesvj, one-sided Jacobi: relative error about 1e-15 × the condition number of A with its columns scaled to norm 1.
/// The reference of the tests. m ≥ n. @throws LapackFailure when it does not converge in 30 sweeps.
std::vector<double> singular_values_jacobi(MatrixView a);

}  // namespace specsweep::linalg
