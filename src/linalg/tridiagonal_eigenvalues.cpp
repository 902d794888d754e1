#include "linalg/tridiagonal_eigenvalues.hpp"

#include "base/integer.hpp"
#include "linalg/lapack_failure.hpp"

extern "C" void dsterf_(const int* n, double* d, double* e, int* info);

namespace specsweep::linalg {

void tridiagonal_eigenvalues_by_ql(std::span<double> diagonal, std::span<double> subdiagonal)
{
    const auto n = checked_cast<BlasInt>(std::ssize(diagonal));
    if (std::ssize(subdiagonal) + 1 < std::ssize(diagonal))
        throw InternalError("shapes of a tridiagonal matrix do not fit");
    BlasInt info = 0;
    dsterf_(&n, diagonal.data(), subdiagonal.data(), &info);
    check_lapack("dsterf", info);
}

}  // namespace specsweep::linalg
