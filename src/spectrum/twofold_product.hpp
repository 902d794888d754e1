#pragma once

#include <cstdint>
#include <span>

#include "linalg/matrix_view.hpp"

namespace specsweep::spectrum {

/// C = Σ_b A_bᵀX_b as an unevaluated sum of two numbers an entry, to about twice the precision of one.
///
/// A_b = head + tail and X_b = head + tail (error_free.hpp) have at most 256 rows. Heads multiply without rounding and
/// are added up by two_sum; products with a tail are 2^(−17) of the whole, and only they and the second numbers are
/// rounded.
class TwofoldProduct {
public:
    /// Doubles that a product with r × c entries needs.
    static std::int64_t memory_for(std::int64_t rows, std::int64_t cols);

    /// C = 0. @param memory  memory_for(rows, cols) doubles, left uninitialised
    TwofoldProduct(std::span<double> memory, std::int64_t rows, std::int64_t cols);

    /// C += (head + tail)ᵀ X. head, tail: n × rows, n ≤ 256, as split_columns() makes them; X: n × cols.
    void add(linalg::ConstMatrixView head, linalg::ConstMatrixView tail, linalg::ConstMatrixView x);

    /// C − Y diag(values), Y: rows × cols, rounded at the very end. Overwrites C.
    linalg::MatrixView difference(linalg::ConstMatrixView y, std::span<const double> values);

private:
    linalg::MatrixView high_, low_, product_, x_head_, x_tail_;
};

/// Bound of the Frobenius norm of what difference() may be off by, every rounding at its largest:
///
///   γ_{263+3B} ( 2.02·2^(−18) ‖A‖‖X‖ + 1.01 (B + 2) u (‖A‖‖X‖ + ‖Y diag‖) ) + 2u ‖C − Y diag‖
///
/// @param factors  ‖A‖_F ‖X‖_F @param subtracted  ‖Y diag(values)‖_F @param blocks  B @param found  ‖C − Y diag‖_F
double difference_uncertainty(double factors, double subtracted, std::int64_t blocks, double found);

/// Upper bound of ‖A‖_F.
double frobenius_above(linalg::ConstMatrixView a);

}  // namespace specsweep::spectrum
