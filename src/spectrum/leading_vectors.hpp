#pragma once

#include <cstdint>
#include <vector>

#include "spectrum/workspace.hpp"

namespace specsweep::spectrum {

/// Singular vectors of the r largest singular values.
struct LeadingVectors {
    std::vector<double> sigma;  ///< r of them, descending
    std::vector<double> left;   ///< m × r, column-major, columns of length one
    std::vector<double> right;  ///< n × r
    std::int64_t rows = 0, cols = 0;

    std::int64_t rank() const { return static_cast<std::int64_t>(sigma.size()); }
};

/// Of a dense m × n matrix, row-major: eigenvectors of the Gram matrix of the shorter side, W or Wᵀ times them for the
/// other. Values below 1e-6·σ₁, whose vectors that route does not resolve, are left out: r ≤ most.
/// Not collective. Uses Workspace::Slot::square. @throws LapackFailure
LeadingVectors leading_vectors(const double* matrix, std::int64_t rows, std::int64_t cols, std::int64_t most,
                               Workspace& workspace);

/// Angles between two subspaces of equal dimension, given by orthonormal columns, in radians, ascending: arccos of the
/// singular values of AᵀB (Björck & Golub 1973). Angles below 1e-8 are rounding.
/// @param a, b length × rank, column-major
std::vector<double> principal_angles(const double* a, const double* b, std::int64_t length, std::int64_t rank);

}  // namespace specsweep::spectrum
