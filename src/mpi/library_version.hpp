#pragma once

#include <string>

namespace specsweep::mpi {

/// First line of what the MPI library says of itself: "Open MPI v4.1.4, …". Not collective.
std::string library_version();

}  // namespace specsweep::mpi
