#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "slurm/submit.hpp"
#include "slurm/sweep_status.hpp"

namespace specsweep::slurm {

/// What `resume` makes of the shards that are neither complete nor in the queue.
struct ResumePlan {
    std::vector<ShardNeed> needs;
    std::vector<std::string> exclude_nodes;  ///< nodes that failed under a shard
    std::vector<std::string> notes;          ///< what was changed, for people
    std::vector<std::int32_t> given_up;  ///< more than max_fails fruitless attempts, or a fault that would come again
};

/// By cause: out of memory → twice the memory for each such end; time-out → twice the time; a node that failed → not
/// that node; stopped, cancelled, preempted, lost → as it was. A bad plan or bad data (64, 65, 76) and shards with more
/// than `max_fails` fruitless attempts in a row are not submitted again. Units that failed for a numerical reason are
/// done for Slurm: `run --retry failed`. Pure.
ResumePlan plan_resume(const SweepStatus&, std::vector<ShardNeed> all, int max_fails);

struct ResumeOptions {
    int max_fails = 3;
    std::vector<std::filesystem::path> reuse;  ///< absolute paths; for this generation only
    SubmitOptions submit;
};

/// Submits what is not done, as a new generation. An interrupted resume is gone on with.
/// @returns generation −1 when there is nothing to submit.
SubmitReport resume(const SweepFolder&, const ResumeOptions&);

}  // namespace specsweep::slurm
