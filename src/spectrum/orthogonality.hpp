#pragma once

#include "linalg/matrix_view.hpp"

namespace specsweep::spectrum {

/// How far the columns of X (n × k, k ≤ n) are from orthonormal, whatever the rounding errors.
struct Orthogonality {
    double departure = 0;  ///< ‖XᵀX − I‖₂ ≤ departure = ‖fl(XᵀX) − I‖_F + γ_{n+1} ‖X‖_F²: σ_min(X)² ≥ 1 − departure
    double norm = 0;       ///< ‖X‖_F ≤ norm
};

/// nk² flops. @param product  k × k, overwritten
Orthogonality orthogonality(linalg::ConstMatrixView vectors, linalg::MatrixView product);

}  // namespace specsweep::spectrum
