#include "linalg/distributed_reduction.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/error.hpp"
#include "base/integer.hpp"
#include "linalg/lapack_failure.hpp"
#include "linalg/tridiagonal_reduction.hpp"
#include "mpi/collectives.hpp"

extern "C" {
void pdsytrd_(const char* uplo, const int* n, double* a, const int* ia, const int* ja, const int* desc, double* d,
              double* e, double* tau, double* work, const int* lwork, int* info);
void pdsyttrd_(const char* uplo, const int* n, double* a, const int* ia, const int* ja, const int* desc, double* d,
               double* e, double* tau, double* work, const int* lwork, int* info);
void pdtrmr2d_(const char* uplo, const char* diag, const int* m, const int* n, const double* a, const int* ia,
               const int* ja, const int* desca, double* b, const int* ib, const int* jb, const int* descb,
               const int* context, std::size_t uplo_length, std::size_t diag_length);
void pdgebrd_(const int* m, const int* n, double* a, const int* ia, const int* ja, const int* desc, double* d,
              double* e, double* tauq, double* taup, double* work, const int* lwork, int* info);
void pdgeqrf_(const int* m, const int* n, double* a, const int* ia, const int* ja, const int* desc, double* tau,
              double* work, const int* lwork, int* info);
void pdgesvd_(const char* jobu, const char* jobvt, const int* m, const int* n, double* a, const int* ia, const int* ja,
              const int* desc, double* s, double* u, const int* iu, const int* ju, const int* descu, double* vt,
              const int* ivt, const int* jvt, const int* descvt, double* work, const int* lwork, int* info);
int pjlaenv_(const int* context, const int* ispec, const char* name, const char* opts, const int* n1, const int* n2,
             const int* n3, const int* n4, std::size_t name_length, std::size_t opts_length);
}

namespace specsweep::linalg {
namespace {

constexpr BlasInt one = 1;
constexpr std::int64_t largest_panel = 64;  ///< ANB of pdsyttrd that we ask room for at most

std::size_t extent(const BlockCyclicAxis& axis, int part)
{
    return static_cast<std::size_t>(std::max<std::int64_t>(1, axis.extent(part)));
}

/// ANB of pdsyttrd. Collective.
std::int64_t panel_width(const BlacsGrid& grid)
{
    const int context = grid.context(), ispec = 3, zero = 0;
    return std::min<std::int64_t>(largest_panel,
                                  pjlaenv_(&context, &ispec, "PDSYTTRD", "L", &zero, &zero, &zero, &zero, 8, 1));
}

GridShape largest_square(int ranks)
{
    const int side = static_cast<int>(std::sqrt(static_cast<double>(ranks)));
    return {side, side};
}

/// LWORK of pdsyttrd (v2.2.1): 2(ANB + 1)(4 NPS + 2) + NPS, NPS = max(numroc(n, 1, side), 2 ANB); counted here in 64
/// bits.
std::int64_t square_workspace(GridShape square, std::int64_t n, std::int64_t anb)
{
    const std::int64_t nps = std::max((n + square.rows - 1) / square.rows, 2 * anb);
    return 2 * (anb + 1) * (4 * nps + 2) + nps;
}

std::int64_t panel_workspace(std::int64_t local_rows, std::int64_t nb)
{
    return std::max(nb * (local_rows + 1), 3 * nb);
}

CondensedForm reduce_by_panels(const DistributedMatrix& a, const Scratch& scratch)
{
    const std::int64_t n = a.cols().size();
    const int row = a.grid().row(), col = a.grid().col();
    std::vector<double> d(extent(a.cols(), col)), e(d.size()), tau(d.size());
    const auto size = checked_cast<BlasInt>(n);
    const auto descriptor = a.descriptor();
    const auto lwork =
        checked_cast<BlasInt>(panel_workspace(std::max<std::int64_t>(1, a.rows().extent(row)), a.rows().block()));
    BlasInt info = 0;
    pdsytrd_("L", &size, a.local().data, &one, &one, descriptor.data(), d.data(), e.data(), tau.data(),
             scratch(lwork).data(), &lwork, &info);
    check_lapack("pdsytrd", info);
    return {gather_along_columns(a, d, n), gather_along_columns(a, e, n - 1)};
}

/// A in blocks of one on a square grid, as pdsyttrd wants it; one rank has dsytrd. Destroyed; T on every rank of the
/// grid.
CondensedForm reduce_in_blocks_of_one(const DistributedMatrix& a, std::span<double> work)
{
    const std::int64_t n = a.cols().size();
    if (a.grid().comm().size() == 1) {
        CondensedForm form{std::vector<double>(static_cast<std::size_t>(n)),
                           std::vector<double>(static_cast<std::size_t>(n - 1))};
        reduce_to_tridiagonal(a.local(), form.diagonal, form.off_diagonal,
                              [work](std::int64_t count) { return work.first(static_cast<std::size_t>(count)); });
        return form;
    }
    std::vector<double> d(extent(a.cols(), a.grid().col())), e(d.size()), tau(d.size());
    const auto size = checked_cast<BlasInt>(n), lwork = checked_cast<BlasInt>(std::ssize(work));
    const auto descriptor = a.descriptor();
    BlasInt info = 0;
    pdsyttrd_("L", &size, a.local().data, &one, &one, descriptor.data(), d.data(), e.data(), tau.data(), work.data(),
              &lwork, &info);
    check_lapack("pdsyttrd", info);
    return {gather_along_columns(a, d, n), gather_along_columns(a, e, n - 1)};
}

/// The lower triangle into blocks of one on a grid of some of the ranks; nullptr on the others. Collective.
void redistribute(const DistributedMatrix& from, const DistributedMatrix* to)
{
    const auto size = checked_cast<BlasInt>(from.cols().size());
    const int context = from.grid().context();
    const std::array<int, 9> given = from.descriptor();
    const std::array<int, 9> wanted = to ? to->descriptor() : std::array<int, 9>{1, -1};  // -1: of no grid
    double nothing = 0;
    pdtrmr2d_("L", "N", &size, &size, from.local().data, &one, &one, given.data(), to ? to->local().data : &nothing,
              &one, &one, wanted.data(), &context, 1, 1);
}

/// As pdsyntrd, but on a grid that repeats its sums: that makes one itself, on which BLACS leaves them to MPI.
CondensedForm reduce_on_square(const DistributedMatrix& a, const Scratch& scratch)
{
    const std::int64_t n = a.cols().size();
    const mpi::Communicator& comm = a.grid().comm();
    const GridShape shape = largest_square(comm.size());
    const bool takes_part = comm.rank() < shape.rows * shape.cols;
    const mpi::Communicator part = comm.split(takes_part ? 0 : 1, comm.rank());
    const std::int64_t elements = takes_part ? DistributedMatrix::most_local_elements(shape, n, n, 1) : 0;
    const std::int64_t anb = panel_width(a.grid());
    const std::int64_t work = takes_part ? square_workspace(shape, n, anb) : 0;
    const std::span<double> memory = scratch(elements + work);  // agreed: every rank asks
    CondensedForm form;
    if (takes_part) {
        const BlacsGrid grid(part, shape);
        const DistributedMatrix square(grid, n, n, 1, memory.first(static_cast<std::size_t>(elements)));
        redistribute(a, &square);
        form = reduce_in_blocks_of_one(square, memory.subspan(static_cast<std::size_t>(elements)));
    } else {
        redistribute(a, nullptr);
    }
    mpi::broadcast(comm, form.diagonal, 0);
    mpi::broadcast(comm, form.off_diagonal, 0);
    return form;
}

}  // namespace

std::int64_t tridiagonal_workspace(GridShape shape, std::int64_t n, std::int64_t nb)
{
    const std::int64_t rows = BlockCyclicAxis(n, nb, shape.rows).extent(0);
    const GridShape square = largest_square(shape.rows * shape.cols);
    return std::max(panel_workspace(rows, nb), DistributedMatrix::most_local_elements(square, n, n, 1) +
                                                   square_workspace(square, n, largest_panel));
}

CondensedForm reduce_to_tridiagonal(const DistributedMatrix& a, SymmetricReduction reduction, const Scratch& scratch)
{
    if (a.rows().size() != a.cols().size() || a.cols().size() < 1)
        throw InternalError("shapes of a distributed reduction do not fit");
    return reduction == SymmetricReduction::square ? reduce_on_square(a, scratch) : reduce_by_panels(a, scratch);
}

CondensedForm reduce_to_bidiagonal(const DistributedMatrix& a, const Scratch& scratch)
{
    const std::int64_t n = a.cols().size();
    const int row = a.grid().row(), col = a.grid().col();
    std::vector<double> d(extent(a.cols(), col)), e(extent(a.rows(), row)), tauq(d.size()), taup(e.size());
    const auto size = checked_cast<BlasInt>(n);
    const auto descriptor = a.descriptor();
    const std::int64_t nb = a.rows().block();
    const auto lwork = checked_cast<BlasInt>(nb * (std::ssize(e) + std::ssize(d) + 1 + nb) + std::ssize(d));
    BlasInt info = 0;
    pdgebrd_(&size, &size, a.local().data, &one, &one, descriptor.data(), d.data(), e.data(), tauq.data(), taup.data(),
             scratch(lwork).data(), &lwork, &info);
    check_lapack("pdgebrd", info);
    return {gather_along_columns(a, d, n), gather_along_rows(a, e, n - 1)};
}

void reduce_to_triangle(const DistributedMatrix& a, std::int64_t rows, const Scratch& scratch)
{
    const std::int64_t k = a.cols().size();
    const int row = a.grid().row(), col = a.grid().col();
    std::vector<double> tau(extent(a.cols(), col));
    const auto m = checked_cast<BlasInt>(rows), n = checked_cast<BlasInt>(k);
    const auto descriptor = a.descriptor();
    const std::int64_t nb = a.rows().block();
    const auto local_rows = static_cast<std::int64_t>(extent(a.rows(), row));
    const auto lwork = checked_cast<BlasInt>(nb * (local_rows + std::ssize(tau) + nb));
    BlasInt info = 0;
    pdgeqrf_(&m, &n, a.local().data, &one, &one, descriptor.data(), tau.data(), scratch(lwork).data(), &lwork, &info);
    check_lapack("pdgeqrf", info);
    const MatrixView local = a.local();
    for (std::int64_t j = 0; j < local.cols; ++j) {
        const std::int64_t below = a.cols().global(col, j) + 1;
        for (std::int64_t i = a.rows().extent(row, below); i < a.rows().extent(row, k); ++i)
            local(i, j) = 0;
    }
}

std::vector<double> singular_values_pdgesvd(const DistributedMatrix& a, const Scratch& scratch)
{
    const auto m = checked_cast<BlasInt>(a.rows().size()), n = checked_cast<BlasInt>(a.cols().size());
    std::vector<double> sigma(static_cast<std::size_t>(std::min(m, n)));
    const auto descriptor = a.descriptor();
    double best = 0, unused = 0;
    const BlasInt query = -1;
    BlasInt info = 0;
    pdgesvd_("N", "N", &m, &n, a.local().data, &one, &one, descriptor.data(), sigma.data(), &unused, &one, &one,
             descriptor.data(), &unused, &one, &one, descriptor.data(), &best, &query, &info);
    check_lapack("pdgesvd", info);
    const auto lwork = checked_cast<BlasInt>(static_cast<std::int64_t>(best) + 1);
    pdgesvd_("N", "N", &m, &n, a.local().data, &one, &one, descriptor.data(), sigma.data(), &unused, &one, &one,
             descriptor.data(), &unused, &one, &one, descriptor.data(), scratch(lwork).data(), &lwork, &info);
    // min(m, n) + 1: the ranks' values differ in their last bits, as they may between CPU types.
    if (info != std::min(m, n) + 1)
        check_lapack("pdgesvd", info);
    return sigma;
}

}  // namespace specsweep::linalg
