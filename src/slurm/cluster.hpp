#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "slurm/array_job.hpp"
#include "slurm/task_record.hpp"

namespace specsweep::slurm {

/// What `scontrol show config` says, by key: "MaxArraySize" → "1001".
using ClusterConfig = std::map<std::string, std::string>;

ClusterConfig parse_config(std::string_view text);

/// Value of an item of SchedulerParameters, "max_array_tasks=100".
std::optional<std::int64_t> scheduler_parameter(const ClusterConfig&, std::string_view name);

/// @throws IoError when Slurm is not installed here or does not answer.
ClusterConfig cluster_config();

/// min(MaxArraySize, max_array_tasks). 0 = arrays are switched off.
std::int64_t most_array_tasks(const ClusterConfig&);

bool has_accounting(const ClusterConfig&);

/// How many more jobs this user may submit: the least of MaxJobCount, the association's and the QOS's limits, less what
/// is queued now. 0: no limit is known.
std::int64_t submit_headroom(const ClusterConfig&, const std::string& qos);

/// Everything Slurm still knows of jobs with these names: squeue (all states), then sacct or jobcomp for what squeue
/// has forgotten.
struct QueueAnswer {
    bool reached = false;           ///< squeue answered
    std::string problem;            ///< why not
    std::string history = "none";   ///< "sacct", "jobcomp" or "none"
    std::vector<TaskRecord> tasks;  ///< one a task; squeue's word before the others'
};
/// @param since seconds since the epoch: sacct looks no further back.
QueueAnswer ask_queue(const std::vector<std::string>& job_names, std::int64_t since);

}  // namespace specsweep::slurm
