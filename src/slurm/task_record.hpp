#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace specsweep::slurm {

/// What Slurm says of one array task, or of a job that is no array (task −1).
struct TaskRecord {
    std::string job;  ///< id of the array
    std::int64_t task = -1;
    std::string state;      ///< PENDING, RUNNING, COMPLETED, TIMEOUT, OUT_OF_MEMORY, …
    std::string reason;     ///< why it waits: Resources, JobHeldUser, DependencyNeverSatisfied, …
    std::string start;      ///< when it began, or is expected to
    std::string time_left;  ///< of its limit
    std::string nodes;
    std::string job_name;
    std::string raw_job;  ///< the task's own number, where the source tells

    bool active() const;  ///< waits or runs
};

/// Columns that `squeue -r -h -o FORMAT` prints for parse_squeue().
inline constexpr std::string_view squeue_format = "%i|%T|%r|%S|%L|%N|%j";
/// Columns that `sacct -X -n -P -D -o FORMAT` prints for parse_sacct().
inline constexpr std::string_view sacct_format = "JobID,State,Start,NodeList,JobName,JobIDRaw";

/// Lines that are no records are skipped: Slurm mixes messages in.
std::vector<TaskRecord> parse_squeue(std::string_view text);
/// Of several records of one task (requeues) the last one counts.
std::vector<TaskRecord> parse_sacct(std::string_view text);
/// Lines of the plugin jobcomp/filetxt, "JobId=7 … Name=x JobState=TIMEOUT …"; the last record of a job counts.
std::vector<TaskRecord> parse_jobcomp(std::string_view text);

}  // namespace specsweep::slurm
