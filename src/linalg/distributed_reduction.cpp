#include "linalg/distributed_reduction.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/integer.hpp"
#include "linalg/lapack_failure.hpp"

extern "C" {
void pdsytrd_(const char* uplo, const int* n, double* a, const int* ia, const int* ja, const int* desc, double* d,
              double* e, double* tau, double* work, const int* lwork, int* info);
void pdsyntrd_(const char* uplo, const int* n, double* a, const int* ia, const int* ja, const int* desc, double* d,
               double* e, double* tau, double* work, const int* lwork, int* info);
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

/// Optimal size: 2(ANB + 1)(4 NPS + 2) + (NPS + 4) NPS, NPS = max(numroc(n, 1, √P), 2 ANB) (pdsyntrd, v2.2.1); counted
/// here in 64 bits. Never less than what pdsytrd wants.
std::int64_t square_workspace(int ranks, std::int64_t n, std::int64_t anb)
{
    const auto side = static_cast<std::int64_t>(std::sqrt(static_cast<double>(ranks)));
    const std::int64_t nps = std::max((n + side - 1) / side, 2 * anb);
    return 2 * (anb + 1) * (4 * nps + 2) + (nps + 4) * nps;
}

std::int64_t panel_workspace(std::int64_t local_rows, std::int64_t nb)
{
    return std::max(nb * (local_rows + 1), 3 * nb);
}

}  // namespace

std::int64_t tridiagonal_workspace(GridShape shape, std::int64_t n, std::int64_t nb)
{
    const std::int64_t rows = BlockCyclicAxis(n, nb, shape.rows).extent(0);
    return std::max(panel_workspace(rows, nb), square_workspace(shape.rows * shape.cols, n, largest_panel));
}

CondensedForm reduce_to_tridiagonal(const DistributedMatrix& a, SymmetricReduction reduction, const Scratch& scratch)
{
    const std::int64_t n = a.cols().size();
    if (a.rows().size() != n || n < 1)
        throw InternalError("shapes of a distributed reduction do not fit");
    const int context = a.grid().context();
    const GridShape shape = a.grid().shape();
    const int row = a.grid().row(), col = a.grid().col();
    std::vector<double> d(extent(a.cols(), col)), e(d.size()), tau(d.size());
    const auto size = checked_cast<BlasInt>(n);
    const auto descriptor = a.descriptor();
    std::int64_t needed = panel_workspace(std::max<std::int64_t>(1, a.rows().extent(row)), a.rows().block());
    if (reduction == SymmetricReduction::square) {
        const int ispec = 3, zero = 0;
        const std::int64_t anb = std::min<std::int64_t>(
            largest_panel, pjlaenv_(&context, &ispec, "PDSYTTRD", "L", &zero, &zero, &zero, &zero, 8, 1));
        needed = std::max(needed, square_workspace(shape.rows * shape.cols, n, anb));
    }
    const auto lwork = checked_cast<BlasInt>(needed);
    double* const work = scratch(needed).data();
    BlasInt info = 0;
    (reduction == SymmetricReduction::square ? pdsyntrd_ : pdsytrd_)(
        "L", &size, a.local().data, &one, &one, descriptor.data(), d.data(), e.data(), tau.data(), work, &lwork, &info);
    check_lapack(reduction == SymmetricReduction::square ? "pdsyntrd" : "pdsytrd", info);
    return {gather_along_columns(a, d, n), gather_along_columns(a, e, n - 1)};
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
