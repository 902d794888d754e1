#pragma once

#include <cstdint>

#include "linalg/matrix_view.hpp"
#include "spectrum/workspace.hpp"

namespace specsweep::spectrum {

/// G = Σ xᵀx in fp32 over the rows x of a matrix that passes by, for what needs no singular values and no more than six
/// digits: Σ_k σ_k⁴ = ‖G‖_F², at twice the rate and half the memory of fp64.
/// Uses Workspace::Slot::square: no spectrum can be computed while one of these lives.
class RowGram {
public:
    RowGram(std::int64_t cols, Workspace& workspace);

    /// @param rows row-major, `count` of them, contiguous.
    void add(const float* rows, std::int64_t count);

    /// Summed in fp64; relative error below 1e-6 for a million rows of like length: the roundings of an entry of G grow
    /// as the square root of their number, and those of different entries do not add up.
    double frobenius_squared() const;

private:
    linalg::BasicMatrixView<float> gram_;
};

}  // namespace specsweep::spectrum
