#pragma once

#include <vector>

#include "linalg/distributed_matrix.hpp"
#include "linalg/scratch.hpp"

namespace specsweep::linalg {

/// What a reduction leaves: diagonal and sub- or superdiagonal, whole, on every rank.
struct CondensedForm {
    std::vector<double> diagonal;
    std::vector<double> off_diagonal;  ///< one entry less
};

/// Which ScaLAPACK routine makes a symmetric matrix tridiagonal.
enum class SymmetricReduction {
    panels,  ///< pdsytrd on the matrix as it lies
    square,  ///< pdsyttrd, as pdsyntrd calls it: redistributes to a square grid with blocks of one; the largest
             ///< square of the ranks
};

/// QᵀAQ = T. Lower triangle given; destroyed. Collective.
CondensedForm reduce_to_tridiagonal(const DistributedMatrix& a, SymmetricReduction, const Scratch& scratch);

/// QᵀAP = B, upper bidiagonal (pdgebrd); square A. Destroyed. Collective.
CondensedForm reduce_to_bidiagonal(const DistributedMatrix& a, const Scratch& scratch);

/// A(0 : rows, :) = QR (pdgeqrf); R replaces the upper triangle, zeros the rest of its first columns() rows.
/// Collective.
void reduce_to_triangle(const DistributedMatrix& a, std::int64_t rows, const Scratch& scratch);

/// All singular values by pdgesvd('N', 'N'), for comparison. Destroyed. On every rank. Collective.
std::vector<double> singular_values_pdgesvd(const DistributedMatrix& a, const Scratch& scratch);

/// Doubles of workspace that the larger of the symmetric reductions takes on any rank.
std::int64_t tridiagonal_workspace(GridShape, std::int64_t n, std::int64_t nb);

}  // namespace specsweep::linalg
