#include "spectrum/gram_residual.hpp"

#include <algorithm>
#include <cmath>

#include "base/integer.hpp"
#include "linalg/leading_dimension.hpp"
#include "linalg/symmetric_eigen.hpp"
#include "spectrum/error_free.hpp"
#include "spectrum/failure.hpp"
#include "spectrum/orthogonality.hpp"
#include "spectrum/twofold_gram.hpp"
#include "spectrum/twofold_product.hpp"

namespace specsweep::spectrum {
namespace {

using linalg::MatrixView;

constexpr std::int64_t columns_at_once = 64;

MatrixView eigenvectors_of(const TwofoldGram& gram, Workspace& workspace)
{
    const std::int64_t k = gram.high.cols, ld = gram.high.ld;
    const MatrixView vectors{workspace.doubles(Workspace::Slot::vectors, ld * k).data(), k, k, ld};
    for (std::int64_t j = 0; j < k; ++j)
        std::copy_n(gram.high.column(j), k, vectors.column(j));
    linalg::replace_by_eigenvectors(
        vectors, [&](std::int64_t count) { return workspace.doubles(Workspace::Slot::lapack, count); });
    return vectors;
}

/// high + low become head + tail, in blocks of 256 rows (whose columns are the rows of G).
void split_in_place(const TwofoldGram& gram, Workspace& workspace)
{
    const std::int64_t k = gram.high.cols;
    for (std::int64_t first = 0; first < k; first += exact_length) {
        const std::int64_t rows = std::min(exact_length, k - first);
        const MatrixView head = gram.high.block(first, 0, rows, k), tail = gram.low.block(first, 0, rows, k);
        const MatrixView rest{workspace.doubles(Workspace::Slot::tail, rows * k).data(), rows, k, rows};
        split_columns(head, rest);
        for (std::int64_t j = 0; j < k; ++j)
            for (std::int64_t i = 0; i < rows; ++i)
                tail(i, j) += rest(i, j);
    }
}

/// ‖GX − XΛ‖_F as computed, some columns at a time.
double residual_norm(const TwofoldGram& gram, MatrixView vectors, std::span<const double> values, Workspace& workspace)
{
    const std::int64_t k = vectors.rows;
    double squares = 0;
    for (std::int64_t first = 0; first < k; first += columns_at_once) {
        const std::int64_t columns = std::min(columns_at_once, k - first);
        TwofoldProduct product(workspace.doubles(Workspace::Slot::lapack, TwofoldProduct::memory_for(k, columns)), k,
                               columns);
        for (std::int64_t inner = 0; inner < k; inner += exact_length) {
            const std::int64_t length = std::min(exact_length, k - inner);
            product.add(gram.high.block(inner, 0, length, k), gram.low.block(inner, 0, length, k),
                        vectors.block(inner, first, length, columns));
        }
        const double norm = frobenius_above(
            product.difference(vectors.block(0, first, k, columns),
                               values.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(columns))));
        squares += norm * norm;
    }
    return std::sqrt(squares);
}

}  // namespace

double gram_residual_bound(LongSide& matrix, int exponent, std::span<const double> ascending, double frobenius_squared,
                           Workspace& workspace)
{
    const TwofoldGram gram = twofold_gram(matrix, exponent, frobenius_squared, workspace);
    const double gram_norm = frobenius_above(gram.high);
    const MatrixView vectors = eigenvectors_of(gram, workspace);
    const std::int64_t k = vectors.cols, ld = vectors.ld;
    const Orthogonality x =
        orthogonality(vectors, {workspace.doubles(Workspace::Slot::square, ld * k).data(), k, k, ld});
    if (!(x.departure < 0.5))
        throw SelfCheckFailure("the eigenvectors that certify a Gram matrix are not orthogonal");

    split_in_place(gram, workspace);
    const double norm = residual_norm(gram, vectors, ascending, workspace);
    const double largest = std::max(std::fabs(ascending.front()), std::fabs(ascending.back()));
    const double uncertain =
        difference_uncertainty(gram_norm * x.norm, largest * x.norm, divide_up(k, exact_length), norm);
    const double bound = (norm + uncertain) / std::sqrt(1 - x.departure) + gram.error;
    // The roundings of these few lines, and underflow, whose every instance is below 2^−1021 of entries of the size
    // of 1.
    return bound * (1 + 0x1p-30) + 0x1p-900;
}

std::int64_t gram_residual_bytes(std::int64_t width)
{
    const std::int64_t square = checked_multiply(linalg::padded_leading_dimension(width), width);
    const std::int64_t strips = TwofoldProduct::memory_for(width, columns_at_once);
    // high, low, eigenvectors, 2k² of dsyevd, its vectors, strips of columns, and 256 rows of tails.
    return checked_multiply(
        8, checked_add(checked_multiply(5, square), checked_add(checked_multiply(exact_length + 8, width), strips)));
}

}  // namespace specsweep::spectrum
