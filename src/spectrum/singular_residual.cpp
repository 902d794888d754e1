#include "spectrum/singular_residual.hpp"

#include <algorithm>
#include <cmath>

#include "base/integer.hpp"
#include "base/scale.hpp"
#include "linalg/dense_singular_values.hpp"
#include "spectrum/error_free.hpp"
#include "spectrum/failure.hpp"
#include "spectrum/orthogonality.hpp"
#include "spectrum/twofold_product.hpp"

namespace specsweep::spectrum {
namespace {

using linalg::ConstMatrixView;
using linalg::MatrixView;
using Slot = Workspace::Slot;

MatrixView dense_copy(LongSide& matrix, int exponent, Workspace& workspace)
{
    const std::int64_t length = matrix.length(), k = matrix.width();
    const MatrixView dense{workspace.doubles(Slot::dense, checked_multiply(length, k)).data(), length, k, length};
    std::int64_t filled = 0;
    matrix.for_each_piece([&](MatrixView piece) {
        for (std::int64_t j = 0; j < k; ++j)
            for (std::int64_t i = 0; i < piece.rows; ++i)
                dense(filled + i, j) = scale_by_power(piece(i, j), -exponent);
        filled += piece.rows;
    });
    return dense;
}

struct SingularVectors {
    MatrixView left;   ///< length × k
    MatrixView right;  ///< k × k, one vector a column
};

SingularVectors singular_vectors(ConstMatrixView dense, Workspace& workspace)
{
    const std::int64_t length = dense.rows, k = dense.cols;
    const MatrixView left{workspace.doubles(Slot::vectors, length * k).data(), length, k, length};
    std::copy_n(dense.data, length * k, left.data);
    const MatrixView transposed{workspace.doubles(Slot::twofold, k * k).data(), k, k, k};
    linalg::replace_by_left_vectors(left, transposed,
                                    [&](std::int64_t count) { return workspace.doubles(Slot::lapack, count); });
    const MatrixView right{workspace.doubles(Slot::lapack, k * k).data(), k, k, k};
    for (std::int64_t j = 0; j < k; ++j)
        for (std::int64_t i = 0; i < k; ++i)
            right(i, j) = transposed(j, i);
    return {left, right};
}

/// Memory for one block of at most 256 × cols that becomes a head, and its tail.
struct SplitBlock {
    MatrixView head, tail;

    SplitBlock(Workspace& workspace, std::int64_t cols)
    {
        double* const memory = workspace.doubles(Slot::tail, 2 * exact_length * cols).data();
        head = {memory, exact_length, cols, exact_length};
        tail = {memory + exact_length * cols, exact_length, cols, exact_length};
    }
    /// The first rows × cols of both.
    SplitBlock part(std::int64_t rows, std::int64_t cols) const
    {
        SplitBlock result = *this;
        result.head = head.block(0, 0, rows, cols);
        result.tail = tail.block(0, 0, rows, cols);
        return result;
    }
};

/// ‖WᵀU − V diag(values)‖_F as computed.
double short_residual(ConstMatrixView dense, const SingularVectors& vectors, std::span<const double> values,
                      Workspace& workspace)
{
    const std::int64_t k = dense.cols;
    TwofoldProduct product(workspace.doubles(Slot::twofold, TwofoldProduct::memory_for(k, k)), k, k);
    const SplitBlock memory(workspace, k);
    for (std::int64_t first = 0; first < dense.rows; first += exact_length) {
        const std::int64_t rows = std::min(exact_length, dense.rows - first);
        const SplitBlock block = memory.part(rows, k);
        for (std::int64_t j = 0; j < k; ++j)
            std::copy_n(dense.column(j) + first, rows, block.head.column(j));
        split_columns(block.head, block.tail);
        product.add(block.head, block.tail, vectors.left.block(first, 0, rows, k));
    }
    return frobenius_above(product.difference(vectors.right, values));
}

/// ‖WV − U diag(values)‖_F as computed, 256 rows at a time.
double long_residual(ConstMatrixView dense, const SingularVectors& vectors, std::span<const double> values,
                     Workspace& workspace)
{
    const std::int64_t k = dense.cols;
    const SplitBlock memory(workspace, exact_length);
    double squares = 0;
    for (std::int64_t first = 0; first < dense.rows; first += exact_length) {
        const std::int64_t rows = std::min(exact_length, dense.rows - first);
        TwofoldProduct product(workspace.doubles(Slot::twofold, TwofoldProduct::memory_for(rows, k)), rows, k);
        for (std::int64_t inner = 0; inner < k; inner += exact_length) {
            const std::int64_t length = std::min(exact_length, k - inner);
            const SplitBlock block = memory.part(length, rows);
            for (std::int64_t i = 0; i < rows; ++i)
                for (std::int64_t j = 0; j < length; ++j)
                    block.head(j, i) = dense(first + i, inner + j);
            split_columns(block.head, block.tail);
            product.add(block.head, block.tail, vectors.right.block(inner, 0, length, k));
        }
        const double norm = frobenius_above(product.difference(vectors.left.block(first, 0, rows, k), values));
        squares += norm * norm;
    }
    return std::sqrt(squares);
}

}  // namespace

double singular_residual_bound(LongSide& matrix, int exponent, std::span<const double> values, Workspace& workspace)
{
    const MatrixView dense = dense_copy(matrix, exponent, workspace);
    const SingularVectors vectors = singular_vectors(dense, workspace);
    const std::int64_t k = dense.cols;
    const MatrixView square{workspace.doubles(Slot::square, k * k).data(), k, k, k};
    const Orthogonality left = orthogonality(vectors.left, square), right = orthogonality(vectors.right, square);
    const double departure = std::max(left.departure, right.departure);
    if (!(departure < 0.5))
        throw SelfCheckFailure("the singular vectors that certify a spectrum are not orthogonal");

    const double norm = frobenius_above(dense);
    const double found_short = short_residual(dense, vectors, values, workspace);
    const double found_long = long_residual(dense, vectors, values, workspace);
    const double of_short = found_short + difference_uncertainty(norm * left.norm, values.front() * right.norm,
                                                                 divide_up(dense.rows, exact_length), found_short);
    const double of_long = found_long + difference_uncertainty(norm * right.norm, values.front() * left.norm,
                                                               divide_up(k, exact_length), found_long);
    const double least = 1 - departure;
    const double bound = std::sqrt((of_long * of_long * (1 + 1 / least) + of_short * of_short) / least);
    // The roundings of these few lines, and underflow, whose every instance is below 2^−1021 of entries of the size
    // of 1.
    return bound * (1 + 0x1p-30) + 0x1p-900;
}

std::int64_t singular_residual_bytes(std::int64_t length, std::int64_t width)
{
    const std::int64_t square = checked_multiply(width, width);
    const std::int64_t both = checked_multiply(2, checked_multiply(length, width));
    // W and U; 5k² of dgesdd; a product of k × k, or of 256 × k; blocks of 256 rows.
    const std::int64_t products = std::max(TwofoldProduct::memory_for(width, width),
                                           TwofoldProduct::memory_for(std::min(length, exact_length), width));
    const std::int64_t blocks = checked_multiply(2 * exact_length, std::max(width, exact_length));
    const std::int64_t lapack = checked_add(checked_multiply(5, square), checked_add(length, 200 * width));
    return checked_multiply(8, checked_add(checked_add(both, lapack), checked_add(products, blocks)));
}

bool measures_singular_residual(std::int64_t length, std::int64_t width)
{
    constexpr std::int64_t most = std::int64_t{1} << 28;
    return checked_add(checked_multiply(2, checked_multiply(length, width)),
                       checked_multiply(8, checked_multiply(width, width))) <= most;
}

}  // namespace specsweep::spectrum
