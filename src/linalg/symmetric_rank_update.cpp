#include "linalg/symmetric_rank_update.hpp"

#include "base/integer.hpp"
#include "linalg/lapack_failure.hpp"

extern "C" void dsyrk_(const char* uplo, const char* trans, const int* n, const int* k, const double* alpha,
                       const double* a, const int* lda, const double* beta, double* c, const int* ldc);

namespace specsweep::linalg {

void add_gram_lower(ConstMatrixView a, MatrixView c)
{
    if (c.rows != c.cols || a.cols != c.cols)
        throw InternalError("shapes of a rank update do not fit");
    const auto n = checked_cast<BlasInt>(c.cols);
    const auto k = checked_cast<BlasInt>(a.rows);
    const auto lda = checked_cast<BlasInt>(a.ld);
    const auto ldc = checked_cast<BlasInt>(c.ld);
    const double one = 1;
    dsyrk_("L", "T", &n, &k, &one, a.data, &lda, &one, c.data, &ldc);
}

}  // namespace specsweep::linalg
