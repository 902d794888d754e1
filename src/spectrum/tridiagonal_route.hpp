#pragma once

#include <cstdint>
#include <span>

#include "linalg/matrix_view.hpp"
#include "spectrum/workspace.hpp"

namespace specsweep::spectrum {

/// QᵀAQ = T for a symmetric matrix whose lower triangle is given (destroyed): diagonal and subdiagonal of T.

/// dsytrd, or dsytrd_2stage where it is faster: a function of the order, so that numbers repeat.
void reduce_by_lapack(linalg::MatrixView a, std::span<double> diagonal, std::span<double> subdiagonal,
                      Workspace& workspace);

/// band_reduction.hpp and bulge_chase.hpp. @pre the order is a multiple of 16 (padded_order).
void reduce_in_own_two_stages(linalg::MatrixView a, std::span<double> diagonal, std::span<double> subdiagonal,
                              Workspace& workspace);

/// Bytes that the second one takes from the workspace beside the matrix.
std::int64_t own_two_stages_bytes(std::int64_t order);

}  // namespace specsweep::spectrum
