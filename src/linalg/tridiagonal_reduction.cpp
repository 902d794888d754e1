#include "linalg/tridiagonal_reduction.hpp"

#include <algorithm>

#include "base/integer.hpp"
#include "linalg/lapack_failure.hpp"

// NOLINTBEGIN(readability-identifier-naming): LAPACK's names
extern "C" {
void dsytrd_(const char* uplo, const int* n, double* a, const int* lda, double* d, double* e, double* tau, double* work,
             const int* lwork, int* info);
void dsytrd_2stage_(const char* vect, const char* uplo, const int* n, double* a, const int* lda, double* d, double* e,
                    double* tau, double* hous2, const int* lhous2, double* work, const int* lwork, int* info);
}
// NOLINTEND(readability-identifier-naming)

namespace specsweep::linalg {
namespace {

struct Sizes {
    BlasInt n, lda;
};

Sizes checked_sizes(const MatrixView& a, std::span<double> diagonal, std::span<double> subdiagonal)
{
    if (a.rows != a.cols || std::ssize(diagonal) != a.cols || std::ssize(subdiagonal) < a.cols - 1)
        throw InternalError("shapes of a tridiagonal reduction do not fit");
    return {checked_cast<BlasInt>(a.cols), checked_cast<BlasInt>(a.ld)};
}

}  // namespace

void reduce_to_tridiagonal(MatrixView a, std::span<double> diagonal, std::span<double> subdiagonal,
                           const Scratch& scratch)
{
    const auto [n, lda] = checked_sizes(a, diagonal, subdiagonal);
    if (n == 0)
        return;
    // n·nb as LAPACK wants it; asking dsytrd itself would return the same product.
    constexpr std::int64_t block = 32;
    const auto lwork = checked_cast<BlasInt>(std::max<std::int64_t>(1, n * block));
    const std::span<double> memory = scratch(std::int64_t{lwork} + n);
    double* const tau = memory.data();
    double* const work = memory.data() + n;
    BlasInt info = 0;
    dsytrd_("L", &n, a.data, &lda, diagonal.data(), subdiagonal.data(), tau, work, &lwork, &info);
    check_lapack("dsytrd", info);
}

void reduce_to_tridiagonal_in_two_stages(MatrixView a, std::span<double> diagonal, std::span<double> subdiagonal,
                                         const Scratch& scratch)
{
    const auto [n, lda] = checked_sizes(a, diagonal, subdiagonal);
    if (n == 0)
        return;
    const BlasInt query = -1;
    BlasInt info = 0;
    double tau_query = 0, hous2_query = 0, work_query = 0;
    dsytrd_2stage_("N", "L", &n, a.data, &lda, diagonal.data(), subdiagonal.data(), &tau_query, &hous2_query, &query,
                   &work_query, &query, &info);
    check_lapack("dsytrd_2stage", info);
    const auto lhous2 = checked_cast<BlasInt>(static_cast<std::int64_t>(hous2_query));
    const auto lwork = checked_cast<BlasInt>(static_cast<std::int64_t>(work_query));
    const std::span<double> memory = scratch(std::int64_t{n} + lhous2 + lwork);
    double* const tau = memory.data();
    double* const hous2 = tau + n;
    double* const work = hous2 + lhous2;
    dsytrd_2stage_("N", "L", &n, a.data, &lda, diagonal.data(), subdiagonal.data(), tau, hous2, &lhous2, work, &lwork,
                   &info);
    check_lapack("dsytrd_2stage", info);
}

}  // namespace specsweep::linalg
