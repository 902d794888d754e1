#include "spectrum/group_orthogonal.hpp"

#include <algorithm>
#include <cmath>

#include "base/integer.hpp"
#include "linalg/bidiagonal.hpp"
#include "linalg/distributed_reduction.hpp"
#include "mpi/collectives.hpp"
#include "spectrum/failure.hpp"
#include "spectrum/multisection.hpp"
#include "spectrum/peer_failure.hpp"
#include "spectrum/rounding_model.hpp"

namespace specsweep::spectrum {
namespace {

using linalg::DistributedMatrix;
using linalg::MatrixView;

/// At most 2k rows, block-cyclic: a triangle of k rows and what waits to be folded into it.
class Stack {
public:
    Stack(const RankGroup& group, std::int64_t width, std::int64_t length, std::int64_t nb, Workspace& workspace)
        : comm_(group.comm),
          workspace_(workspace),
          matrix_(group.grid, std::min(2 * width, length), width, nb,
                  doubles(Workspace::Slot::square,
                          DistributedMatrix::local_elements(group.grid, std::min(2 * width, length), width, nb)))
    {
    }

    void add(const RawPiece& piece)
    {
        for (std::int64_t taken = 0; taken < piece.rows;) {
            if (filled_ == matrix_.rows().size())
                fold();
            const std::int64_t count = std::min(piece.rows - taken, matrix_.rows().size() - filled_);
            copy(piece, taken, count);
            filled_ += count;
            taken += count;
        }
    }

    /// The k × k matrix with the singular values of W.
    DistributedMatrix finish()
    {
        const std::int64_t k = matrix_.cols().size();
        if (filled_ > k)
            fold();
        return matrix_.top(k);
    }

    /// Collective.
    linalg::Scratch scratch()
    {
        return [this](std::int64_t count) { return doubles(Workspace::Slot::lapack, count); };
    }

private:
    std::span<double> doubles(Workspace::Slot slot, std::int64_t count)
    {
        return obtain_together(comm_, [&] { return workspace_.doubles(slot, count); });
    }

    void fold()
    {
        linalg::reduce_to_triangle(matrix_, filled_, scratch());
        filled_ = matrix_.cols().size();
    }

    void copy(const RawPiece& piece, std::int64_t first, std::int64_t count)
    {
        const linalg::BlacsGrid& grid = matrix_.grid();
        const MatrixView local = matrix_.local();
        for (std::int64_t i = 0; i < count; ++i) {
            const std::int64_t row = filled_ + i;
            if (matrix_.rows().owner(row) != grid.row())
                continue;
            const std::int64_t local_row = matrix_.rows().local(row);
            for (std::int64_t j = 0; j < local.cols; ++j)
                local(local_row, j) = piece(first + i, matrix_.cols().global(grid.col(), j));
        }
    }

    const mpi::Communicator& comm_;
    Workspace& workspace_;
    DistributedMatrix matrix_;
    std::int64_t filled_ = 0;
};

/// Scales by 2^(−exponent) such that the largest entry lies in [½, 1).
int scale(const DistributedMatrix& square)
{
    const MatrixView local = square.local();
    double largest = 0;
    for (std::int64_t j = 0; j < local.cols; ++j)
        for (std::int64_t i = 0; i < local.rows; ++i)
            largest = std::max(largest, std::fabs(local(i, j)));
    int exponent = 0;
    std::frexp(mpi::all_max(square.grid().comm(), largest), &exponent);
    for (std::int64_t j = 0; j < local.cols; ++j)
        for (std::int64_t i = 0; i < local.rows; ++i)
            local(i, j) = std::ldexp(local(i, j), -exponent);
    return exponent;
}

void fill_values(ScaledSpectrum& result, linalg::CondensedForm form, std::int64_t length, Certificate certificate,
                 const linalg::Scratch& scratch)
{
    const auto golub_kahan = ScaledTridiagonal::golub_kahan(form.diagonal, form.off_diagonal);
    form.off_diagonal.resize(form.diagonal.size());
    linalg::bidiagonal_singular_values(form.diagonal, form.off_diagonal, scratch);
    const double sigma_max = form.diagonal.front();
    const double bound = group_orthogonal_bound(std::ssize(form.diagonal), length, sigma_max,
                                                std::sqrt(result.frobenius_squared), certificate);
    const std::vector<double> verified = verified_errors(golub_kahan, form.diagonal, 16 * unit_roundoff * sigma_max);
    result.sigma = std::move(form.diagonal);
    for (const double error : verified)
        result.error.push_back(bound + error);
}

}  // namespace

std::int64_t group_orthogonal_steps(std::int64_t width, std::int64_t length)
{
    return divide_up(length - width, width);
}

double group_orthogonal_bound(std::int64_t width, std::int64_t length, double sigma_max, double frobenius,
                              Certificate certificate)
{
    const auto k = static_cast<double>(width);
    const auto steps = static_cast<double>(group_orthogonal_steps(width, length));
    if (certificate == Certificate::probabilistic)
        return tail_factor(width) * unit_roundoff * sigma_max * std::sqrt(4 * k + 2 * k * steps);
    return (2 * k + k * steps) * gamma_factor(12 * 2 * k) * frobenius;
}

ScaledSpectrum group_orthogonal_spectrum(SharedPieces& matrix, const RankGroup& group, std::int64_t nb,
                                         Certificate certificate, Workspace& workspace)
{
    const std::int64_t k = matrix.width();
    SquareSum energy;
    Stack stack(group, k, matrix.length(), nb, workspace);
    matrix.for_each([&](const RawPiece& piece) {
        if (group.comm.is_root())
            add_energy(piece, energy);
        stack.add(piece);
    });
    double total = energy.value();
    mpi::broadcast(group.comm, total, 0);
    if (!std::isfinite(total))
        throw NotFinite();
    ScaledSpectrum result;
    if (total == 0) {
        result.sigma.assign(static_cast<std::size_t>(group.comm.is_root() ? k : 0), 0.0);
        result.error = result.sigma;
        return result;
    }
    const DistributedMatrix square = stack.finish();
    const int exponent = scale(square);
    linalg::CondensedForm form = linalg::reduce_to_bidiagonal(square, stack.scratch());
    run_on_root_patiently(group.comm, [&] {
        result.exponent = exponent + matrix.exponent();
        result.frobenius_squared = std::ldexp(energy.value(), -2 * exponent);
        result.frobenius_squared_error = std::ldexp(energy.error_bound(), -2 * exponent);
        const linalg::Scratch own = [&](std::int64_t count) {
            return workspace.doubles(Workspace::Slot::lapack, count);
        };
        fill_values(result, std::move(form), matrix.length(), certificate, own);
    });
    return result;
}

}  // namespace specsweep::spectrum
