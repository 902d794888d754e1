#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_forward.hpp"
#include "results/status.hpp"
#include "slurm/attempts.hpp"
#include "slurm/cluster.hpp"
#include "slurm/generation.hpp"
#include "slurm/journal.hpp"

namespace specsweep::slurm {

enum class ShardState {
    complete,       ///< the result file says so, whatever Slurm thinks
    running,        ///< Slurm runs a task that has it
    waiting,        ///< in the queue
    stopped,        ///< ended with 75: out of time, its units are kept
    timeout,        ///< ended by Slurm at the time limit
    out_of_memory,  ///< ended by Slurm, or by the kernel
    node_fail,
    cancelled,
    preempted,
    failed,       ///< the task ended with another code
    lost,         ///< begun, not in the queue, and nobody says how it ended
    unsubmitted,  ///< no script that has it was submitted
};

std::string_view name(ShardState);

/// One shard, from all sources together.
struct ShardSituation {
    std::int32_t shard = 0;
    ShardState state = ShardState::unsubmitted;
    results::ShardStatus file;
    std::string job;     ///< "123_4" of the last task that has it
    std::string reason;  ///< Slurm's reason for waiting, or the state it gave
    std::string start, time_left, nodes;
    int generation = -1;  ///< of that task
    int attempts = 0;     ///< how often it was begun
    int fruitless = 0;    ///< how many of the last attempts ended without 0, 3 or 75
    int exit_code = -1;   ///< of the last attempt that said
    std::string last_node;
};

struct SweepStatus {
    results::Status files;
    std::vector<ShardSituation> shards;
    bool queue_reached = false;
    std::string queue_problem, history;
    bool aggregate_queued = false;
    bool aggregate_there = false;  ///< and complete
    std::string folder, result;
    std::vector<std::string> unreleased;  ///< arrays that a `submit` left on hold: run it again

    std::map<ShardState, std::int64_t> counts() const;
    bool complete() const { return files.complete(); }
    bool active() const;  ///< anything waits or runs
};

/// The shards that one script's tasks have, by job name.
struct SubmittedScript {
    int generation = 0;
    const ArrayJob* array = nullptr;  ///< nullptr: the aggregating job
};
using ScriptsByName = std::map<std::string, SubmittedScript>;

ScriptsByName scripts_by_name(const std::vector<Generation>&);

/// Pure: joins what result files, the journal, Slurm and the record of attempts say. Result files are the truth: a
/// shard they call complete is complete.
/// @param attempts of every shard that is not complete, by shard
SweepStatus join_status(results::Status files, const ScriptsByName&, const QueueAnswer&,
                        const std::map<std::int32_t, std::vector<Attempt>>& attempts);

/// Everything about the sweep in `folder`, from disk and from Slurm. Works without sacct and without Slurm. Where an
/// aggregate lacks units that all shard files call done, their CRCs are checked, so that `resume` submits what is
/// damaged.
SweepStatus sweep_status(const SweepFolder&);

Json to_json(const SweepStatus&);
/// For people; ends with the command that goes on.
std::string to_text(const SweepStatus&);

}  // namespace specsweep::slurm
