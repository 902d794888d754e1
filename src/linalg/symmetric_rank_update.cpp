#include "linalg/symmetric_rank_update.hpp"

#include "base/integer.hpp"
#include "linalg/lapack_failure.hpp"

extern "C" {
void dsyrk_(const char* uplo, const char* trans, const int* n, const int* k, const double* alpha, const double* a,
            const int* lda, const double* beta, double* c, const int* ldc);
void ssyrk_(const char* uplo, const char* trans, const int* n, const int* k, const float* alpha, const float* a,
            const int* lda, const float* beta, float* c, const int* ldc);
}

namespace specsweep::linalg {
namespace {

template <class T, class Routine>
void update(Routine routine, const char* transposed, std::int64_t order, std::int64_t terms, BasicMatrixView<const T> a,
            BasicMatrixView<T> c)
{
    if (c.rows != c.cols || order != c.cols)
        throw InternalError("shapes of a rank update do not fit");
    const auto n = checked_cast<BlasInt>(order);
    const auto k = checked_cast<BlasInt>(terms);
    const auto lda = checked_cast<BlasInt>(a.ld);
    const auto ldc = checked_cast<BlasInt>(c.ld);
    const T one = 1;
    routine("L", transposed, &n, &k, &one, a.data, &lda, &one, c.data, &ldc);
}

}  // namespace

void add_gram_lower(ConstMatrixView a, MatrixView c)
{
    update(dsyrk_, "T", a.cols, a.rows, a, c);
}

void add_outer_lower(BasicMatrixView<const float> a, BasicMatrixView<float> c)
{
    update(ssyrk_, "N", a.rows, a.cols, a, c);
}

}  // namespace specsweep::linalg
