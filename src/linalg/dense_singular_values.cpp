#include "linalg/dense_singular_values.hpp"

#include <algorithm>

#include "base/integer.hpp"
#include "linalg/lapack_failure.hpp"

extern "C" {
void dgesdd_(const char* jobz, const int* m, const int* n, double* a, const int* lda, double* s, double* u,
             const int* ldu, double* vt, const int* ldvt, double* work, const int* lwork, int* iwork, int* info);
void dgesvj_(const char* joba, const char* jobu, const char* jobv, const int* m, const int* n, double* a,
             const int* lda, double* sva, const int* mv, double* v, const int* ldv, double* work, const int* lwork,
             int* info);
}

namespace specsweep::linalg {

std::vector<double> singular_values_gesdd(MatrixView a)
{
    const std::int64_t k = std::min(a.rows, a.cols);
    const auto m = checked_cast<BlasInt>(a.rows);
    const auto n = checked_cast<BlasInt>(a.cols);
    const auto lda = checked_cast<BlasInt>(a.ld);
    std::vector<double> sigma(static_cast<std::size_t>(k));
    std::vector<BlasInt> iwork(static_cast<std::size_t>(8 * k));
    double best = 0, unused = 0;
    const BlasInt query = -1, one = 1;
    BlasInt info = 0;
    dgesdd_("N", &m, &n, a.data, &lda, sigma.data(), &unused, &one, &unused, &one, &best, &query, iwork.data(), &info);
    check_lapack("dgesdd", info);
    const auto lwork = checked_cast<BlasInt>(static_cast<std::int64_t>(best));
    std::vector<double> work(static_cast<std::size_t>(lwork));
    dgesdd_("N", &m, &n, a.data, &lda, sigma.data(), &unused, &one, &unused, &one, work.data(), &lwork, iwork.data(),
            &info);
    check_lapack("dgesdd", info);
    return sigma;
}

void replace_by_left_vectors(MatrixView a, MatrixView right, const Scratch& scratch)
{
    if (a.rows < a.cols || right.rows != a.cols || right.cols != a.cols)
        throw InternalError("shapes of a singular value decomposition do not fit");
    const auto m = checked_cast<BlasInt>(a.rows);
    const auto n = checked_cast<BlasInt>(a.cols);
    const auto lda = checked_cast<BlasInt>(a.ld);
    const auto ld_right = checked_cast<BlasInt>(right.ld);
    std::vector<BlasInt> iwork(static_cast<std::size_t>(8 * a.cols));
    double best = 0, unused = 0;
    const BlasInt query = -1, one = 1;
    BlasInt info = 0;
    dgesdd_("O", &m, &n, a.data, &lda, &unused, &unused, &one, right.data, &ld_right, &best, &query, iwork.data(),
            &info);
    check_lapack("dgesdd", info);
    const auto lwork = checked_cast<BlasInt>(static_cast<std::int64_t>(best));
    const std::span<double> memory = scratch(std::int64_t{lwork} + n);
    dgesdd_("O", &m, &n, a.data, &lda, memory.data() + lwork, &unused, &one, right.data, &ld_right, memory.data(),
            &lwork, iwork.data(), &info);
    check_lapack("dgesdd", info);
}

std::vector<double> singular_values_jacobi(MatrixView a)
{
    const auto m = checked_cast<BlasInt>(a.rows);
    const auto n = checked_cast<BlasInt>(a.cols);
    const auto lda = checked_cast<BlasInt>(a.ld);
    const auto lwork = checked_cast<BlasInt>(std::max<std::int64_t>(6, a.rows + a.cols));
    std::vector<double> sigma(static_cast<std::size_t>(n));
    std::vector<double> work(static_cast<std::size_t>(lwork));
    double unused = 0;
    const BlasInt one = 1, zero = 0;
    BlasInt info = 0;
    dgesvj_("G", "N", "N", &m, &n, a.data, &lda, sigma.data(), &zero, &unused, &one, work.data(), &lwork, &info);
    check_lapack("dgesvj", info);
    for (double& value : sigma)
        value *= work[0];  // dgesvj scales where values would overflow
    std::sort(sigma.begin(), sigma.end(), std::greater<>());
    return sigma;
}

}  // namespace specsweep::linalg
