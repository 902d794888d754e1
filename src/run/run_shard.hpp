#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "base/json_forward.hpp"
#include "mpi/communicator.hpp"
#include "sweep/plan.hpp"

namespace specsweep::run {

enum class FailedUnits { keep, retry };
enum class Display { progress, silent };

struct ShardOptions {
    FailedUnits failed_units = FailedUnits::keep;
    Display display = Display::progress;
    std::optional<double> deadline;  ///< seconds since the epoch: no unit starts that is predicted to end after it
    std::vector<std::filesystem::path> reuse;  ///< results of earlier sweeps, whose equal units are not computed again
    std::int32_t attempt = 0;                  ///< restart count of the batch system, kept beside timings
    const Json* provenance = nullptr;          ///< of this run; hosts, times and counts are added to it
};

/// What this call did; the same on every rank.
struct ShardOutcome {
    std::int64_t units = 0;       ///< rows of the shard
    std::int64_t found_done = 0;  ///< finished by an earlier run
    std::int64_t computed = 0;    ///< distinct units computed now, failed ones included
    std::int64_t reused = 0;      ///< distinct units taken from earlier sweeps
    std::int64_t damaged = 0;     ///< rows whose CRC did not fit, computed again
    double busy_read = 0;         ///< seconds of all ranks together, spent on the units computed now
    double busy_quantize = 0;
    double busy_solve = 0;
    double busy = 0;           ///< all of it, writing included
    bool stopped = false;      ///< asked to stop, or the deadline came near, before all was done
    bool by_deadline = false;  ///< a unit was not begun because it would not have ended in time
    double seconds = 0;
    std::vector<double> prediction_ratios;  ///< measured / predicted seconds of the units computed now; on rank 0
};

/// Computes what is pending of one shard and writes it into `file`. Collective.
///
/// Units that the plan gives to groups of ranks come first (run/group_crews.hpp). The others go to nodes by predicted
/// cost, longest first, inside a node to whichever rank is free (run/schedule.hpp); each is written as soon as it is
/// done. A stop request (run/stop_request.hpp) on any rank lets every rank of its node finish the unit it is at. A
/// fault of one rank that is no fault of its unit stops the node likewise and is then thrown on all ranks.
/// @throws what ShardFile throws, on every rank.
ShardOutcome run_shard(const mpi::Communicator& world, const sweep::Plan& plan, std::int32_t shard,
                       const std::filesystem::path& file, const ShardOptions& options);

}  // namespace specsweep::run
