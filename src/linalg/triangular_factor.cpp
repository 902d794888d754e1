#include "linalg/triangular_factor.hpp"

#include <algorithm>

#include "base/integer.hpp"
#include "linalg/lapack_failure.hpp"

extern "C" {
void dgeqrf_(const int* m, const int* n, double* a, const int* lda, double* tau, double* work, const int* lwork,
             int* info);
void dtpqrt_(const int* m, const int* n, const int* l, const int* nb, double* a, const int* lda, double* b,
             const int* ldb, double* t, const int* ldt, double* work, int* info);
}

namespace specsweep::linalg {

void reduce_to_triangle(MatrixView a, const Scratch& scratch)
{
    if (a.rows < a.cols)
        throw InternalError("a triangle needs at least as many rows as columns");
    const auto m = checked_cast<BlasInt>(a.rows);
    const auto n = checked_cast<BlasInt>(a.cols);
    const auto lda = checked_cast<BlasInt>(a.ld);
    constexpr std::int64_t block = 64;
    const auto lwork = checked_cast<BlasInt>(std::max<std::int64_t>(1, n * block));
    const std::span<double> memory = scratch(std::int64_t{lwork} + n);
    BlasInt info = 0;
    dgeqrf_(&m, &n, a.data, &lda, memory.data(), memory.data() + n, &lwork, &info);
    check_lapack("dgeqrf", info);
    for (std::int64_t j = 0; j < a.cols; ++j)
        std::fill(a.column(j) + j + 1, a.column(j) + a.cols, 0.0);
}

void fold_into_triangle(MatrixView r, MatrixView b, const Scratch& scratch)
{
    if (r.rows != r.cols || b.cols != r.cols)
        throw InternalError("shapes of a TSQR step do not fit");
    if (b.rows == 0)
        return;
    const auto m = checked_cast<BlasInt>(b.rows);
    const auto n = checked_cast<BlasInt>(r.cols);
    const auto ldr = checked_cast<BlasInt>(r.ld);
    const auto ldb = checked_cast<BlasInt>(b.ld);
    const BlasInt rectangular = 0;
    const BlasInt block = std::min<BlasInt>(32, n);
    const std::span<double> memory = scratch(2 * std::int64_t{block} * n);
    BlasInt info = 0;
    dtpqrt_(&m, &n, &rectangular, &block, r.data, &ldr, b.data, &ldb, memory.data(), &block,
            memory.data() + std::int64_t{block} * n, &info);
    check_lapack("dtpqrt", info);
}

}  // namespace specsweep::linalg
