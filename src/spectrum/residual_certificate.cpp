#include "spectrum/residual_certificate.hpp"

#include <algorithm>
#include <cmath>

#include "base/integer.hpp"
#include "linalg/leading_dimension.hpp"
#include "linalg/matrix_product.hpp"
#include "linalg/symmetric_eigen.hpp"
#include "linalg/symmetric_rank_update.hpp"
#include "spectrum/error_free.hpp"
#include "spectrum/failure.hpp"
#include "spectrum/rounding_model.hpp"
#include "spectrum/square_sum.hpp"
#include "spectrum/twofold_gram.hpp"

namespace specsweep::spectrum {
namespace {

using linalg::MatrixView;
using linalg::Transpose;

constexpr std::int64_t columns_at_once = 64;

double norm_above(const SquareSum& squares)
{
    return std::sqrt(squares.value() + squares.error_bound());
}

/// ‖XᵀX − I‖ ≤ departure, ‖X‖_F ≤ norm.
struct Orthogonality {
    double departure = 0;
    double norm = 0;
};

Orthogonality orthogonality(MatrixView vectors, Workspace& workspace)
{
    const std::int64_t k = vectors.cols;
    const MatrixView product{workspace.doubles(Workspace::Slot::square, vectors.ld * k).data(), k, k, vectors.ld};
    for (std::int64_t j = 0; j < k; ++j)
        std::fill_n(product.column(j), k, 0.0);
    linalg::add_gram_lower(vectors, product);
    SquareSum squares, departures;
    for (std::int64_t j = 0; j < k; ++j) {
        product(j, j) -= 1;
        for (std::int64_t i = j + 1; i < k; ++i)
            product(j, i) = product(i, j);
    }
    for (std::int64_t first = 0; first < k; first += exact_length) {
        const std::int64_t rows = std::min(exact_length, k - first);
        departures.add(product.block(first, 0, rows, k));
        squares.add(vectors.block(first, 0, rows, k));
    }
    const double norm = norm_above(squares);
    return {norm_above(departures) + gamma_factor(static_cast<double>(k + 1)) * norm * norm, norm};
}

/// G = head + tail, both in place of high and low; in blocks of 256 rows, whose columns are the rows of G.
struct SplitGram {
    MatrixView head, tail;
    double head_norm = 0, tail_norm = 0;
};

SplitGram split(const TwofoldGram& gram, Workspace& workspace)
{
    SplitGram result{gram.high, gram.low};
    SquareSum heads, tails;
    const std::int64_t k = gram.high.cols;
    for (std::int64_t first = 0; first < k; first += exact_length) {
        const std::int64_t rows = std::min(exact_length, k - first);
        const MatrixView head = gram.high.block(first, 0, rows, k), tail = gram.low.block(first, 0, rows, k);
        const MatrixView rest{workspace.doubles(Workspace::Slot::tail, rows * k).data(), rows, k, rows};
        split_columns(head, rest);
        for (std::int64_t j = 0; j < k; ++j)
            for (std::int64_t i = 0; i < rows; ++i)
                tail(i, j) += rest(i, j);
        heads.add(head);
        tails.add(tail);
    }
    result.head_norm = norm_above(heads);
    result.tail_norm = norm_above(tails);
    return result;
}

/// R = GX − XΛ, some columns at a time.
class Residual {
public:
    Residual(const SplitGram& gram, std::span<const double> values, Workspace& workspace) : gram_(gram), values_(values)
    {
        const std::int64_t k = gram.head.cols, columns = std::min(columns_at_once, k);
        double* memory = workspace.doubles(Workspace::Slot::lapack, (3 * k + 2 * exact_length) * columns).data();
        for (MatrixView* part : {&high_, &low_, &product_}) {
            *part = {memory, k, columns, k};
            memory += k * columns;
        }
        for (MatrixView* part : {&vector_head_, &vector_tail_}) {
            *part = {memory, exact_length, columns, exact_length};
            memory += exact_length * columns;
        }
    }

    /// Columns first, first + 1, …, at most 64, of the residual of these eigenvectors.
    void add(MatrixView vectors, std::int64_t first)
    {
        const std::int64_t k = vectors.rows, columns = std::min(columns_at_once, vectors.cols - first);
        const MatrixView high = high_.block(0, 0, k, columns), low = low_.block(0, 0, k, columns);
        for (std::int64_t j = 0; j < columns; ++j) {
            std::fill_n(high.column(j), k, 0.0);
            std::fill_n(low.column(j), k, 0.0);
        }
        for (std::int64_t inner = 0; inner < k; inner += exact_length)
            add_product(inner, vectors.block(inner, first, std::min(exact_length, k - inner), columns));
        for (std::int64_t j = 0; j < columns; ++j)
            for (std::int64_t i = 0; i < k; ++i)
                high(i, j) = difference(high(i, j), low(i, j), vectors(i, first + j), value(first + j));
        for (std::int64_t begin = 0; begin < k; begin += exact_length)
            squares_.add(high.block(begin, 0, std::min(exact_length, k - begin), columns));
    }

    double norm() const { return norm_above(squares_); }
    double vector_tail_norm() const { return norm_above(vector_tails_); }

private:
    double value(std::int64_t j) const { return values_[static_cast<std::size_t>(j)]; }

    void add_product(std::int64_t inner, MatrixView vectors)
    {
        const std::int64_t length = vectors.rows, columns = vectors.cols, k = gram_.head.cols;
        const MatrixView head = vector_head_.block(0, 0, length, columns);
        const MatrixView tail = vector_tail_.block(0, 0, length, columns);
        const MatrixView high = high_.block(0, 0, k, columns), low = low_.block(0, 0, k, columns);
        const MatrixView product = product_.block(0, 0, k, columns);
        const MatrixView gram_head = gram_.head.block(inner, 0, length, k);
        for (std::int64_t j = 0; j < columns; ++j)
            std::copy_n(vectors.column(j), length, head.column(j));
        split_columns(head, tail);
        vector_tails_.add(tail);
        linalg::multiply(1, Transpose::yes, gram_head, Transpose::no, head, 0, product);
        for (std::int64_t j = 0; j < columns; ++j)
            for (std::int64_t i = 0; i < k; ++i) {
                const ErrorFree sum = two_sum(high(i, j), product(i, j));
                high(i, j) = sum.value;
                low(i, j) += sum.error;
            }
        linalg::multiply(1, Transpose::yes, gram_head, Transpose::no, tail, 1, low);
        linalg::multiply(1, Transpose::yes, gram_.tail.block(inner, 0, length, k), Transpose::no, vectors, 1, low);
    }

    /// high + low − x·λ
    static double difference(double high, double low, double x, double lambda)
    {
        const ErrorFree product = two_product(x, lambda);
        const ErrorFree leading = two_sum(high, -product.value);
        return leading.value + ((leading.error + low) - product.error);
    }

    SplitGram gram_;
    std::span<const double> values_;
    MatrixView high_, low_, product_, vector_head_, vector_tail_;
    SquareSum squares_, vector_tails_;
};

}  // namespace

double residual_bound(LongSide& matrix, int exponent, std::span<const double> ascending, double frobenius_squared,
                      Workspace& workspace)
{
    const TwofoldGram gram = twofold_gram(matrix, exponent, frobenius_squared, workspace);
    const std::int64_t k = matrix.width(), ld = gram.high.ld;
    const MatrixView vectors{workspace.doubles(Workspace::Slot::eigenvectors, ld * k).data(), k, k, ld};
    for (std::int64_t j = 0; j < k; ++j)
        std::copy_n(gram.high.column(j), k, vectors.column(j));
    linalg::replace_by_eigenvectors(
        vectors, [&](std::int64_t count) { return workspace.doubles(Workspace::Slot::lapack, count); });
    const Orthogonality x = orthogonality(vectors, workspace);
    if (!(x.departure < 0.5))
        throw SelfCheckFailure("the eigenvectors that certify a Gram matrix are not orthogonal");

    const SplitGram parts = split(gram, workspace);
    Residual residual(parts, ascending, workspace);
    for (std::int64_t first = 0; first < k; first += columns_at_once)
        residual.add(vectors, first);

    const auto blocks = static_cast<double>(divide_up(k, exact_length));
    const double largest = std::max(std::fabs(ascending.front()), std::fabs(ascending.back()));
    const double rounded = parts.head_norm * residual.vector_tail_norm() + parts.tail_norm * x.norm +
                           (blocks + 2) * unit_roundoff * 1.01 * (parts.head_norm + largest) * x.norm;
    const double norm = residual.norm();
    const double uncertain = gamma_factor(263 + 3 * blocks) * rounded + 2 * unit_roundoff * norm;
    const double bound = (norm + uncertain) / std::sqrt(1 - x.departure) + gram.error;
    // The roundings of these few lines, and underflow, whose every instance is below 2^−1021 of entries of the size
    // of 1.
    return bound * (1 + 0x1p-40) + 0x1p-900;
}

std::int64_t residual_bytes(std::int64_t width)
{
    const std::int64_t square = checked_multiply(linalg::padded_leading_dimension(width), width);
    const std::int64_t strips = checked_multiply(3 * width + 3 * exact_length, columns_at_once);
    // high, low, eigenvectors, 2k² of dsyevd, its vectors, strips of columns, and 256 rows of tails.
    return checked_multiply(
        8, checked_add(checked_multiply(5, square), checked_add(checked_multiply(exact_length + 8, width), strips)));
}

}  // namespace specsweep::spectrum
