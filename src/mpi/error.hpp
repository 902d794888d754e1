#pragma once

#include <string_view>

namespace specsweep::mpi {

/// Turns the return value of an MPI call into an exception.
///
/// Session sets MPI_ERRORS_RETURN, so that a failing call reaches us instead of killing the job without a word of ours.
/// @throws InternalError "MPI_Bcast failed (MPI_ERR_COMM: invalid communicator)" unless `result` is MPI_SUCCESS.
void check(int result, std::string_view call);

}  // namespace specsweep::mpi
