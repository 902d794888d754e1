#include "spectrum/group_gram.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "linalg/matrix_product.hpp"
#include "mpi/collectives.hpp"
#include "spectrum/gram_certificate.hpp"
#include "spectrum/multisection.hpp"
#include "spectrum/peer_failure.hpp"

namespace specsweep::spectrum {
namespace {

using linalg::BlockCyclicAxis;
using linalg::DistributedMatrix;
using linalg::MatrixView;

/// The columns that `part` of an axis owns, side by side, the long index contiguous.
void pack(const RawPiece& piece, const BlockCyclicAxis& axis, std::int64_t part, MatrixView out)
{
    for (std::int64_t local = 0; local < out.cols; local += axis.block()) {
        const std::int64_t width = std::min(axis.block(), out.cols - local);
        piece.widen_columns(axis.global(part, local), out.block(0, local, piece.rows, width));
    }
}

/// Adds one piece to the tiles of a rank, four columns of blocks at a time; what lies above the diagonal inside them is
/// made and never read.
class TileUpdate {
public:
    TileUpdate(const DistributedMatrix& gram, Workspace& workspace) : gram_(gram)
    {
        constexpr std::int64_t ld = LongSide::piece_length + 8;
        const MatrixView local = gram.local();
        double* const memory = workspace.doubles(Workspace::Slot::chunk, ld * (local.rows + local.cols)).data();
        left_ = {memory, LongSide::piece_length, local.rows, ld};
        right_ = {memory + ld * local.rows, LongSide::piece_length, local.cols, ld};
    }

    void add(const RawPiece& piece)
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
                linalg::multiply(1, linalg::Transpose::yes, left.block(0, first, piece.rows, height),
                                 linalg::Transpose::no, right.block(0, j, piece.rows, width), 1,
                                 local.block(first, j, height, width));
        }
    }

private:
    const DistributedMatrix& gram_;
    MatrixView left_, right_;
};

/// As in gram_route.cpp: an even exponent that brings the largest diagonal entry into [¼, 1).
int scale(const DistributedMatrix& gram)
{
    const MatrixView local = gram.local();
    const linalg::BlacsGrid& grid = gram.grid();
    double largest = 0;
    for (std::int64_t j = 0; j < local.cols; ++j) {
        const std::int64_t diagonal = gram.cols().global(grid.col(), j);
        if (gram.rows().owner(diagonal) == grid.row())
            largest = std::max(largest, local(gram.rows().local(diagonal), j));
    }
    int exponent = 0;
    std::frexp(mpi::all_max(grid.comm(), largest), &exponent);
    exponent += exponent % 2 != 0 ? 1 : 0;
    const double factor = std::ldexp(1.0, -exponent);
    for (std::int64_t j = 0; j < local.cols; ++j)
        for (std::int64_t i = 0; i < local.rows; ++i)
            local(i, j) *= factor;
    return exponent;
}

void fill_values(ScaledSpectrum& result, const linalg::CondensedForm& form, std::int64_t pieces,
                 Certificate certificate)
{
    const std::vector<VerifiedEigenvalue> ascending =
        eigenvalues_by_multisection(ScaledTridiagonal(form.diagonal, form.off_diagonal));
    const auto k = std::ssize(ascending);
    const double bound =
        gram_eigenvalue_bound({k, pieces, ascending.back().value, result.frobenius_squared}, certificate);
    for (auto lambda = ascending.rbegin(); lambda != ascending.rend(); ++lambda) {
        result.sigma.push_back(std::sqrt(std::max(0.0, lambda->value)));
        result.error.push_back(square_root_bound(lambda->value, bound + lambda->error));
        if (lambda->value + bound + lambda->error < 0)
            throw SelfCheckFailure("an eigenvalue of a Gram matrix is negative beyond its error bound");
    }
}

}  // namespace

ScaledSpectrum group_gram_spectrum(SharedPieces& matrix, const RankGroup& group, std::int64_t nb,
                                   linalg::SymmetricReduction reduction, Certificate certificate, Workspace& workspace)
{
    const std::int64_t k = matrix.width();
    const std::span<double> memory =
        workspace.doubles(Workspace::Slot::square, DistributedMatrix::local_elements(group.grid, k, k, nb));
    std::fill(memory.begin(), memory.end(), 0.0);
    const DistributedMatrix gram(group.grid, k, k, nb, memory);
    SquareSum energy;
    TileUpdate update(gram, workspace);
    matrix.for_each([&](const RawPiece& piece) {
        if (group.comm.is_root())
            add_energy(piece, energy);
        update.add(piece);
    });
    double total = energy.value();
    mpi::broadcast(group.comm, total, 0);
    if (!std::isfinite(total))
        throw InputError("a spectrum needs finite weights", "a value is NaN or infinite");
    ScaledSpectrum result;
    if (total == 0) {
        result.sigma.assign(static_cast<std::size_t>(group.comm.is_root() ? k : 0), 0.0);
        result.error = result.sigma;
        return result;
    }
    const int exponent = scale(gram);
    const linalg::CondensedForm form = linalg::reduce_to_tridiagonal(
        gram, reduction, [&](std::int64_t count) { return workspace.doubles(Workspace::Slot::lapack, count); });
    run_on_root_patiently(group.comm, [&] {
        result.exponent = exponent / 2 + matrix.exponent();
        result.frobenius_squared = std::ldexp(energy.value(), -exponent);
        result.frobenius_squared_error = std::ldexp(energy.error_bound(), -exponent);
        fill_values(result, form, matrix.pieces(), certificate);
    });
    return result;
}

}  // namespace specsweep::spectrum
