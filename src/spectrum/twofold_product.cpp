#include "spectrum/twofold_product.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/matrix_product.hpp"
#include "spectrum/error_free.hpp"
#include "spectrum/rounding_model.hpp"
#include "spectrum/square_sum.hpp"

namespace specsweep::spectrum {

using linalg::ConstMatrixView;
using linalg::MatrixView;
using linalg::Transpose;

std::int64_t TwofoldProduct::memory_for(std::int64_t rows, std::int64_t cols)
{
    return (3 * rows + 2 * exact_length) * cols;
}

TwofoldProduct::TwofoldProduct(std::span<double> memory, std::int64_t rows, std::int64_t cols)
{
    double* next = memory.data();
    for (MatrixView* part : {&high_, &low_, &product_}) {
        *part = {next, rows, cols, rows};
        next += rows * cols;
    }
    for (MatrixView* part : {&x_head_, &x_tail_}) {
        *part = {next, exact_length, cols, exact_length};
        next += exact_length * cols;
    }
    std::fill_n(high_.data, 2 * rows * cols, 0.0);
}

void TwofoldProduct::add(ConstMatrixView head, ConstMatrixView tail, ConstMatrixView x)
{
    const MatrixView x_head = x_head_.block(0, 0, x.rows, x.cols), x_tail = x_tail_.block(0, 0, x.rows, x.cols);
    for (std::int64_t j = 0; j < x.cols; ++j)
        std::copy_n(x.column(j), x.rows, x_head.column(j));
    split_columns(x_head, x_tail);
    linalg::multiply(1, Transpose::yes, head, Transpose::no, x_head, 0, product_);
    for (std::int64_t j = 0; j < high_.cols; ++j)
        for (std::int64_t i = 0; i < high_.rows; ++i) {
            const ErrorFree sum = two_sum(high_(i, j), product_(i, j));
            high_(i, j) = sum.value;
            low_(i, j) += sum.error;
        }
    linalg::multiply(1, Transpose::yes, head, Transpose::no, x_tail, 1, low_);
    linalg::multiply(1, Transpose::yes, tail, Transpose::no, x, 1, low_);
}

MatrixView TwofoldProduct::difference(ConstMatrixView y, std::span<const double> values)
{
    for (std::int64_t j = 0; j < high_.cols; ++j)
        for (std::int64_t i = 0; i < high_.rows; ++i) {
            const ErrorFree product = two_product(y(i, j), values[static_cast<std::size_t>(j)]);
            const ErrorFree leading = two_sum(high_(i, j), -product.value);
            high_(i, j) = leading.value + ((leading.error + low_(i, j)) - product.error);
        }
    return high_;
}

double difference_uncertainty(double factors, double subtracted, std::int64_t blocks, double found)
{
    const auto count = static_cast<double>(blocks);
    return gamma_factor(263 + 3 * count) *
               (2.02 * tail_share * factors + 1.01 * (count + 2) * unit_roundoff * (factors + subtracted)) +
           2 * unit_roundoff * found;
}

double frobenius_above(ConstMatrixView a)
{
    SquareSum squares;
    for (std::int64_t first = 0; first < a.rows; first += exact_length) {
        const std::int64_t rows = std::min(exact_length, a.rows - first);
        squares.add({a.data + first, rows, a.cols, a.ld});
    }
    return std::sqrt(squares.value() + squares.error_bound());
}

}  // namespace specsweep::spectrum
