#include "linalg/bidiagonal.hpp"

#include "base/integer.hpp"
#include "linalg/lapack_failure.hpp"

extern "C" {
void dgebrd_(const int* m, const int* n, double* a, const int* lda, double* d, double* e, double* tauq, double* taup,
             double* work, const int* lwork, int* info);
void dlasq1_(const int* n, double* d, double* e, double* work, int* info);
}

namespace specsweep::linalg {

void reduce_to_bidiagonal(MatrixView a, std::span<double> diagonal, std::span<double> superdiagonal,
                          const Scratch& scratch)
{
    if (a.rows < a.cols || std::ssize(diagonal) != a.cols || std::ssize(superdiagonal) < a.cols - 1)
        throw InternalError("shapes of a bidiagonal reduction do not fit");
    if (a.cols == 0)
        return;
    const auto m = checked_cast<BlasInt>(a.rows);
    const auto n = checked_cast<BlasInt>(a.cols);
    const auto lda = checked_cast<BlasInt>(a.ld);
    constexpr std::int64_t block = 32;
    const auto lwork = checked_cast<BlasInt>((a.rows + a.cols) * block);
    const std::span<double> memory = scratch(std::int64_t{lwork} + 2 * a.cols);
    double* const tauq = memory.data();
    double* const taup = tauq + a.cols;
    BlasInt info = 0;
    dgebrd_(&m, &n, a.data, &lda, diagonal.data(), superdiagonal.data(), tauq, taup, taup + a.cols, &lwork, &info);
    check_lapack("dgebrd", info);
}

void bidiagonal_singular_values(std::span<double> diagonal, std::span<double> superdiagonal, const Scratch& scratch)
{
    const auto n = checked_cast<BlasInt>(std::ssize(diagonal));
    if (n == 0)
        return;
    if (std::ssize(superdiagonal) < std::ssize(diagonal))
        throw InternalError("dlasq1 wants as many places for the superdiagonal as for the diagonal");
    const std::span<double> memory = scratch(4 * std::int64_t{n});
    BlasInt info = 0;
    dlasq1_(&n, diagonal.data(), superdiagonal.data(), memory.data(), &info);
    check_lapack("dlasq1", info);
}

}  // namespace specsweep::linalg
