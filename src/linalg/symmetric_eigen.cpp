#include "linalg/symmetric_eigen.hpp"

#include <algorithm>

#include "base/integer.hpp"
#include "linalg/lapack_failure.hpp"

extern "C" {
void dsyevr_(const char* jobz, const char* range, const char* uplo, const int* n, double* a, const int* lda,
             const double* vl, const double* vu, const int* il, const int* iu, const double* abstol, int* m, double* w,
             double* z, const int* ldz, int* isuppz, double* work, const int* lwork, int* iwork, const int* liwork,
             int* info);
void dsyevd_(const char* jobz, const char* uplo, const int* n, double* a, const int* lda, double* w, double* work,
             const int* lwork, int* iwork, const int* liwork, int* info);
}

namespace specsweep::linalg {

LargestEigenpairs largest_eigenpairs(MatrixView a, std::int64_t count, Eigenvectors vectors, const Scratch& scratch)
{
    if (a.rows != a.cols || count < 1 || count > a.cols)
        throw InternalError("shapes of an eigenvalue problem do not fit");
    const auto n = checked_cast<BlasInt>(a.cols);
    const auto lda = checked_cast<BlasInt>(a.ld);
    const auto first = checked_cast<BlasInt>(a.cols - count + 1);
    const bool wanted = vectors == Eigenvectors::wanted;
    const auto size = static_cast<std::size_t>(n);
    const auto lwork = checked_cast<BlasInt>(std::max<std::int64_t>(1, std::int64_t{26} * n));  // as dsyevr states
    const auto liwork = checked_cast<BlasInt>(std::max<std::int64_t>(1, std::int64_t{10} * n));
    std::vector<double> ascending(size), columns(wanted ? size * static_cast<std::size_t>(count) : 1);
    std::vector<BlasInt> support(2 * size), iwork(static_cast<std::size_t>(liwork));
    const std::span<double> work = scratch(lwork);
    const double none = 0;
    BlasInt found = 0, info = 0;
    dsyevr_(wanted ? "V" : "N", "I", "U", &n, a.data, &lda, &none, &none, &first, &n, &none, &found, ascending.data(),
            columns.data(), &n, support.data(), work.data(), &lwork, iwork.data(), &liwork, &info);
    check_lapack("dsyevr", info);

    LargestEigenpairs result;
    result.values.assign(ascending.begin(), ascending.begin() + count);
    std::reverse(result.values.begin(), result.values.end());
    if (wanted)
        for (std::int64_t j = count - 1; j >= 0; --j)
            result.vectors.insert(result.vectors.end(), columns.begin() + j * n, columns.begin() + (j + 1) * n);
    return result;
}

void replace_by_eigenvectors(MatrixView a, const Scratch& scratch)
{
    if (a.rows != a.cols)
        throw InternalError("shapes of an eigenvalue problem do not fit");
    const auto n = checked_cast<BlasInt>(a.cols);
    const auto lda = checked_cast<BlasInt>(a.ld);
    const auto lwork = checked_cast<BlasInt>(1 + 6 * a.cols + 2 * a.cols * a.cols);  // as dsyevd states
    const auto liwork = checked_cast<BlasInt>(3 + 5 * a.cols);
    const std::span<double> memory = scratch(std::int64_t{lwork} + n);
    std::vector<BlasInt> iwork(static_cast<std::size_t>(liwork));
    BlasInt info = 0;
    dsyevd_("V", "L", &n, a.data, &lda, memory.data() + lwork, memory.data(), &lwork, iwork.data(), &liwork, &info);
    check_lapack("dsyevd", info);
}

}  // namespace specsweep::linalg
