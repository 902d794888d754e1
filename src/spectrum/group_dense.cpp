#include "spectrum/group_dense.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/distributed_reduction.hpp"
#include "mpi/collectives.hpp"
#include "spectrum/failure.hpp"
#include "spectrum/group_orthogonal.hpp"
#include "spectrum/peer_failure.hpp"
#include "spectrum/rounding_model.hpp"

namespace specsweep::spectrum {
namespace {

using linalg::DistributedMatrix;

/// The entries of a piece that this rank owns.
void copy(const RawPiece& piece, const DistributedMatrix& matrix)
{
    const linalg::BlacsGrid& grid = matrix.grid();
    const linalg::MatrixView local = matrix.local();
    for (std::int64_t i = 0; i < piece.rows; ++i) {
        const std::int64_t row = piece.first_row + i;
        if (matrix.rows().owner(row) != grid.row())
            continue;
        const std::int64_t local_row = matrix.rows().local(row);
        for (std::int64_t j = 0; j < local.cols; ++j)
            local(local_row, j) = piece(i, matrix.cols().global(grid.col(), j));
    }
}

double bound_of(std::int64_t width, std::int64_t length, double sigma_max, double frobenius, Certificate certificate)
{
    if (certificate == Certificate::probabilistic)
        return group_orthogonal_bound(width, length, sigma_max, frobenius, certificate);
    return 2 * static_cast<double>(width) * gamma_factor(12 * static_cast<double>(length)) * frobenius;
}

}  // namespace

ScaledSpectrum group_dense_spectrum(SharedPieces& matrix, const RankGroup& group, std::int64_t nb,
                                    Certificate certificate, Workspace& workspace)
{
    const std::int64_t length = matrix.length(), width = matrix.width();
    const std::span<double> memory = obtain_together(group.comm, [&] {
        return workspace.doubles(Workspace::Slot::square,
                                 DistributedMatrix::local_elements(group.grid, length, width, nb));
    });
    const DistributedMatrix dense(group.grid, length, width, nb, memory);
    SquareSum energy;
    matrix.for_each([&](const RawPiece& piece) {
        if (group.comm.is_root())
            add_energy(piece, energy);
        copy(piece, dense);
    });
    double total = energy.value();
    mpi::broadcast(group.comm, total, 0);
    if (!std::isfinite(total))
        throw NotFinite();
    ScaledSpectrum result;
    std::vector<double> sigma(static_cast<std::size_t>(width), 0.0);
    if (total > 0)
        sigma = linalg::singular_values_pdgesvd(dense, [&](std::int64_t count) {
            return obtain_together(group.comm, [&] { return workspace.doubles(Workspace::Slot::lapack, count); });
        });
    if (!group.comm.is_root())
        return result;
    result.exponent = matrix.exponent();
    result.frobenius_squared = energy.value();
    result.frobenius_squared_error = energy.error_bound();
    result.sigma = std::move(sigma);
    const double bound = total > 0 ? bound_of(width, length, result.sigma.front(), std::sqrt(total), certificate) : 0;
    for (const double value : result.sigma)
        result.error.push_back(bound + 8 * static_cast<double>(width) * unit_roundoff * value);
    return result;
}

}  // namespace specsweep::spectrum
