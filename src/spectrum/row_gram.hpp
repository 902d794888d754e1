#pragma once

#include <cstdint>

#include "linalg/matrix_view.hpp"
#include "spectrum/workspace.hpp"

namespace specsweep::spectrum {

/// G = Σ xᵀx over the rows x of a matrix that passes by, for what needs no singular values: Σ_k σ_k⁴ = ‖G‖_F².
/// Uses Workspace::Slot::square: no spectrum can be computed while one of these lives.
class RowGram {
public:
    RowGram(std::int64_t cols, Workspace& workspace);

    /// @param rows row-major, `count` of them, contiguous.
    void add(const double* rows, std::int64_t count);

    /// Relative error about (m + 1)·u of the sum of the squared entries of |G|.
    double frobenius_squared() const;

private:
    linalg::MatrixView gram_;
};

}  // namespace specsweep::spectrum
