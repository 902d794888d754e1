#pragma once

#include <string>

#include "results/contents.hpp"

namespace specsweep::results {

/// sweep_sha256 from the units of a file that holds the whole sweep: SHA-256 of "specsweep-sweep numerics_version=N\n"
/// and "ID SOLVER\n" of every unit in order.
std::string sweep_hash(const Contents&);

}  // namespace specsweep::results
