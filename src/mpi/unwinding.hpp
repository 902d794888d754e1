#pragma once

#include <exception>

namespace specsweep::mpi {

/// Tells a destructor whether an exception is passing through it.
///
/// A collective release (MPI_Comm_free, MPI_Win_free) must not run then: the other ranks may never reach theirs.
class Unwinding {
public:
    bool now() const noexcept { return std::uncaught_exceptions() > at_construction_; }

private:
    int at_construction_ = std::uncaught_exceptions();
};

}  // namespace specsweep::mpi
