#include "spectrum/block_cyclic_gram.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/matrix_product.hpp"
#include "spectrum/long_side.hpp"
#include "spectrum/peer_failure.hpp"

namespace specsweep::spectrum {
namespace {

using linalg::BlockCyclicAxis;
using linalg::MatrixView;

/// The columns that `part` of an axis owns, side by side, the long index contiguous.
void pack(const RawPiece& piece, const BlockCyclicAxis& axis, std::int64_t part, MatrixView out)
{
    for (std::int64_t local = 0; local < out.cols; local += axis.block()) {
        const std::int64_t width = std::min(axis.block(), out.cols - local);
        piece.widen_columns(axis.global(part, local), out.block(0, local, piece.rows, width));
    }
}

std::span<double> zeroed(const RankGroup& group, std::int64_t k, std::int64_t nb, Workspace& workspace)
{
    const std::span<double> memory =
        workspace.doubles(Workspace::Slot::square, linalg::DistributedMatrix::local_elements(group.grid, k, k, nb));
    std::fill(memory.begin(), memory.end(), 0.0);
    return memory;
}

}  // namespace

BlockCyclicGram::BlockCyclicGram(const RankGroup& group, std::int64_t k, std::int64_t nb,
                                 linalg::SymmetricReduction reduction, Workspace& workspace)
    : gram_(group.grid, k, k, nb, zeroed(group, k, nb, workspace)), reduction_(reduction), workspace_(workspace)
{
    constexpr std::int64_t ld = LongSide::piece_length + 8;
    const MatrixView local = gram_.local();
    double* const memory = workspace.doubles(Workspace::Slot::chunk, ld * (local.rows + local.cols)).data();
    left_ = {memory, LongSide::piece_length, local.rows, ld};
    right_ = {memory + ld * local.rows, LongSide::piece_length, local.cols, ld};
}

/// Four columns of blocks at a time; what lies above the diagonal inside them is made and never read.
void BlockCyclicGram::add(const RawPiece& piece)
{
    const BlockCyclicAxis &rows = gram_.rows(), &cols = gram_.cols();
    const linalg::BlacsGrid& grid = gram_.grid();
    const MatrixView local = gram_.local();
    if (local.rows == 0 || local.cols == 0)
        return;
    const MatrixView left = left_.block(0, 0, piece.rows, local.rows);
    const MatrixView right = right_.block(0, 0, piece.rows, local.cols);
    pack(piece, rows, grid.row(), left);
    pack(piece, cols, grid.col(), right);
    const std::int64_t strip = 4 * cols.block();
    for (std::int64_t j = 0; j < local.cols; j += strip) {
        const std::int64_t width = std::min(strip, local.cols - j);
        const std::int64_t first = rows.extent(grid.row(), cols.global(grid.col(), j));
        const std::int64_t height = local.rows - first;
        if (height > 0)
            linalg::multiply(1, linalg::Transpose::yes, left.block(0, first, piece.rows, height), linalg::Transpose::no,
                             right.block(0, j, piece.rows, width), 1, local.block(first, j, height, width));
    }
}

double BlockCyclicGram::largest_diagonal() const
{
    const MatrixView local = gram_.local();
    const linalg::BlacsGrid& grid = gram_.grid();
    double largest = 0;
    for (std::int64_t j = 0; j < local.cols; ++j) {
        const std::int64_t diagonal = gram_.cols().global(grid.col(), j);
        if (gram_.rows().owner(diagonal) == grid.row())
            largest = std::max(largest, local(gram_.rows().local(diagonal), j));
    }
    return largest;
}

void BlockCyclicGram::scale(double factor)
{
    const MatrixView local = gram_.local();
    for (std::int64_t j = 0; j < local.cols; ++j)
        for (std::int64_t i = 0; i < local.rows; ++i)
            local(i, j) *= factor;
}

void BlockCyclicGram::reduce()
{
    form_ = linalg::reduce_to_tridiagonal(gram_, reduction_, [&](std::int64_t count) {
        return obtain_together(gram_.grid().comm(), [&] { return workspace_.doubles(Workspace::Slot::lapack, count); });
    });
}

}  // namespace specsweep::spectrum
