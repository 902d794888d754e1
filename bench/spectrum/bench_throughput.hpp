#pragma once

#include "base/json_forward.hpp"
#include "mpi/communicator.hpp"

namespace specsweep::bench {

/// Complete certified spectra of 100 matrices of 384 × 384 … 1536 × 384, Gaussian, in memory: all ranks, which pull
/// them longest first from one queue, against rank 0 alone on the same list. Wall seconds, the fastest of `repeats`.
/// Result: {"matrices", "ranks", "seconds_all_ranks", "seconds_one_rank", "speedup"}. Collective.
Json bench_throughput(const mpi::Communicator& world, int repeats);

}  // namespace specsweep::bench
