#pragma once

#include <span>

namespace specsweep::linalg {

/// Eigenvalues of a symmetric tridiagonal matrix, ascending, in `diagonal` (dsterf, root-free QL/QR); `subdiagonal` is
/// destroyed. Kept for comparison: its error was measured at up to 27 ε·λ₁ for n ≈ 700.
/// @throws LapackFailure when an eigenvalue does not converge.
void tridiagonal_eigenvalues_by_ql(std::span<double> diagonal, std::span<double> subdiagonal);

}  // namespace specsweep::linalg
