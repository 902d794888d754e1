#pragma once

#include <cstdint>

#include "linalg/matrix_view.hpp"

namespace specsweep::spectrum {

/// ‖W‖_F², summed piece by piece.
///
/// Each column of a piece (at most 256 entries) is summed in eight lanes; the column sums go into a compensated sum
/// (Neumaier). The order is fixed: no result depends on the instruction set. Error: deterministic,
///   |computed − ‖W‖_F²| ≤ γ₄₀ ‖W‖_F²      (1 product, 31 + 3 additions a column, < 5 for the compensated sum).
class SquareSum {
public:
    void add(linalg::ConstMatrixView piece);
    /// Entries in any order; every 256 of them are a column of the above.
    void add_values(const float* values, std::int64_t count);
    void add_values(const double* values, std::int64_t count);

    double value() const { return sum_ + compensation_; }
    double error_bound() const;

private:
    void add_column(double term);

    double sum_ = 0;
    double compensation_ = 0;
};

}  // namespace specsweep::spectrum
