#pragma once

#include <filesystem>

#include "base/json_forward.hpp"
#include "mpi/communicator.hpp"

namespace specsweep::bench {

/// Whole sweep of one checkpoint (all matrices but word embeddings × 8 quantizers) on all ranks against rank 0 alone,
/// in turn, `repeats` times each; the smallest time of each counts.
///
///   speedup            seconds on one rank / seconds on all
///   simulated_seconds  what the simulation of `bench schedule` says of the same plan on as many ranks, by the cost
///   model outside_solver     share of the ranks' time that is not spent in the solver, and its parts:
///                      read, quantize, write (all else of a unit), idle (file set-up and end, waiting)
///   peak_bytes         VmHWM of the hungriest rank;  allowed_bytes = 8k² + panels + 100 MB
///
/// Collective; the result is on rank 0. Result files go to a folder below TMPDIR and are removed.
Json bench_sweep(const mpi::Communicator& world, const std::filesystem::path& checkpoint, int repeats);

}  // namespace specsweep::bench
