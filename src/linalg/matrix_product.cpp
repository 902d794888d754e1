#include "linalg/matrix_product.hpp"

#include "base/integer.hpp"
#include "linalg/lapack_failure.hpp"

extern "C" void dgemm_(const char* transa, const char* transb, const int* m, const int* n, const int* k,
                       const double* alpha, const double* a, const int* lda, const double* b, const int* ldb,
                       const double* beta, double* c, const int* ldc);

namespace specsweep::linalg {

void multiply(double alpha, Transpose transpose_a, ConstMatrixView a, Transpose transpose_b, ConstMatrixView b,
              double beta, MatrixView c)
{
    const bool ta = transpose_a == Transpose::yes;
    const bool tb = transpose_b == Transpose::yes;
    const std::int64_t inner = ta ? a.rows : a.cols;
    if ((ta ? a.cols : a.rows) != c.rows || (tb ? b.rows : b.cols) != c.cols || (tb ? b.cols : b.rows) != inner)
        throw InternalError("shapes of a matrix product do not fit");
    const auto m = checked_cast<BlasInt>(c.rows);
    const auto n = checked_cast<BlasInt>(c.cols);
    const auto k = checked_cast<BlasInt>(inner);
    const auto lda = checked_cast<BlasInt>(a.ld);
    const auto ldb = checked_cast<BlasInt>(b.ld);
    const auto ldc = checked_cast<BlasInt>(c.ld);
    dgemm_(ta ? "T" : "N", tb ? "T" : "N", &m, &n, &k, &alpha, a.data, &lda, b.data, &ldb, &beta, c.data, &ldc);
}

}  // namespace specsweep::linalg
