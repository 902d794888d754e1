#pragma once

#include <cstdint>
#include <string_view>

#include "base/error.hpp"

namespace specsweep::linalg {

/// Integers as Fortran's BLAS and LAPACK take them; narrow with checked_cast<BlasInt>.
using BlasInt = int;

/// LAPACK returned info > 0: the algorithm did not converge.
class LapackFailure : public Error {
public:
    LapackFailure(std::string_view routine, BlasInt info);
    BlasInt lapack_info() const noexcept { return info_; }

private:
    BlasInt info_;
};

/// @throws LapackFailure when info > 0, InternalError when info < 0 (an argument of ours was wrong).
void check_lapack(std::string_view routine, BlasInt info);

}  // namespace specsweep::linalg
