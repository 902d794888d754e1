#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "mpi/communicator.hpp"
#include "run/prediction_error.hpp"
#include "run/run_shard.hpp"
#include "sweep/plan.hpp"

namespace specsweep::run {

struct SweepOptions {
    std::optional<std::int32_t> shard;  ///< this one only, and no aggregate
    std::filesystem::path output;       ///< the aggregate; shard files lie in OUTPUT.shards/
    std::string plan_text;              ///< of the whole plan, on rank 0, where only a shard's part of it is given
    double lease_wait = 0;              ///< seconds to wait for a shard that another run holds
    std::filesystem::path stage;        ///< node-local folder that checkpoints are copied to; empty: none
    ShardOptions shards;
};

/// How a run ended; counts are rows of the shard or of the whole sweep. Filled on rank 0, exit_code on every rank.
struct SweepOutcome {
    ExitCode exit_code = ExitCode::complete;
    std::filesystem::path file;  ///< the aggregate, or the shard's file
    std::int64_t units = 0;
    std::int64_t done = 0;
    std::int64_t failed = 0;
    std::int64_t pending = 0;
    std::int64_t computed = 0;                    ///< now
    std::int64_t found_done = 0;                  ///< before
    std::int64_t reused = 0;                      ///< distinct units taken from earlier sweeps
    bool by_deadline = false;                     ///< stopped because the next unit would not have ended in time
    std::map<std::string, std::int64_t> reasons;  ///< of failed units
    double seconds = 0;
    PredictionError prediction;  ///< of the units computed now
};

/// Runs one shard, or all and then aggregates. Collective.
/// @throws UsageError: no such shard; OUTPUT or its shards belong to another sweep;  what run_shard throws. On every
/// rank; LeaseHeld: another run is at it.
SweepOutcome run_sweep(const mpi::Communicator& world, const sweep::Plan& plan, const SweepOptions& options);

}  // namespace specsweep::run
