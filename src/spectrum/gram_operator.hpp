#pragma once

#include <array>
#include <cstdint>

#include "linalg/matrix_view.hpp"
#include "spectrum/row_sweep.hpp"

namespace specsweep::spectrum {

/// G = WᵀW of a matrix W as block Lanczos sees it: products with a block of sweep_width vectors, nothing else.
class GramOperator {
public:
    virtual ~GramOperator() = default;

    virtual std::int64_t rows() const = 0;  ///< of W
    virtual std::int64_t cols() const = 0;  ///< of W, the order of G
    virtual double energy() const = 0;      ///< ‖W‖_F²
    virtual double energy_error() const = 0;

    /// Z = WᵀW X in memory of the operator's own, and ‖W x_q‖² in squares(). @param block cols() × sweep_width.
    virtual linalg::MatrixView multiply(linalg::ConstMatrixView block) = 0;
    virtual const std::array<double, sweep_width>& squares() const = 0;
    /// Room for a block that is in no basis.
    virtual linalg::MatrixView x() const = 0;
    virtual std::int64_t passes() const = 0;
};

}  // namespace specsweep::spectrum
