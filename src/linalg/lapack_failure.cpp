#include "linalg/lapack_failure.hpp"

#include "base/format.hpp"

namespace specsweep::linalg {

LapackFailure::LapackFailure(std::string_view routine, BlasInt info)
    : Error(ExitCode::internal, fmt::format("{} did not converge", routine), fmt::format("info = {}", info)),
      info_(info)
{
}

void check_lapack(std::string_view routine, BlasInt info)
{
    if (info < 0)
        throw InternalError(fmt::format("argument {} of {} is not valid", -info, routine));
    if (info > 0)
        throw LapackFailure(routine, info);
}

}  // namespace specsweep::linalg
