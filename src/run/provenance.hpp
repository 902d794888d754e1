#pragma once

#include "base/json_forward.hpp"
#include "mpi/communicator.hpp"

namespace specsweep::run {

struct ShardOutcome;

/// What is known of this process before it starts: time, compiler, library versions, Slurm's ids, working folder.
/// Not collective.
Json process_provenance();

/// `begun` (may be null) with what a finished run adds: hosts, ranks, counts, seconds. Collective; the result is on
/// rank 0.
Json complete_provenance(const mpi::Communicator& world, const Json* begun, const ShardOutcome& outcome);

}  // namespace specsweep::run
