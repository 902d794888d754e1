#pragma once

#include <vector>

#include "base/json_forward.hpp"
#include "bench/spectrum/bench_spectrum.hpp"
#include "mpi/communicator.hpp"

namespace specsweep::bench {

struct GroupBenchOptions {
    std::vector<Shape> shapes{{5632, 2048}, {4096, 4096}};
    int repeats = 1;
};

/// A group of all ranks (ScaLAPACK, docs/accuracy.md) on one matrix, against pdgesvd on the same grid and against one
/// rank alone while the others sleep. Wall seconds of rank 0. Collective; the result is on rank 0.
Json bench_groups(const mpi::Communicator& world, const GroupBenchOptions& options);

/// As many units as a group of all ranks has ranks: the values of each found before the next is begun, against those of
/// all found at once (spectrum/begun_spectrum.hpp). Seconds a unit, the fastest of `repeats`, both ways in turn.
/// Collective; the result is on rank 0.
Json bench_group_values(const mpi::Communicator& world, const GroupBenchOptions& options);

}  // namespace specsweep::bench
