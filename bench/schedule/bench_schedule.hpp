#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json_forward.hpp"
#include "bench/schedule/simulate.hpp"
#include "cost/machine.hpp"

namespace specsweep::bench {

struct ScheduleBenchOptions {
    std::vector<std::int64_t> ranks{10, 100, 1000, 10000, 100000};
    std::int64_t memory_per_rank = std::int64_t{4} << 30;
    int quantizers = 8;  ///< beside the reference
    std::string model;   ///< one of model_shapes(); empty: all
    Cluster cluster;     ///< its ranks are ignored
    cost::MachineConstants machine = cost::shipped_constants();
};

/// Predicted efficiency of a sweep over published models' matrices: for each model and number of ranks a row of
/// makespan, efficiency and what is lost to tail, reading, broadcasts and start-up. No weights, no MPI.
/// @throws UsageError for an unknown model or numbers of ranks that are not positive.
Json bench_schedule(const ScheduleBenchOptions& options);

}  // namespace specsweep::bench
