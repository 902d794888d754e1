#include "slurm/sbatch.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/error.hpp"
#include "base/text.hpp"
#include "slurm/cluster.hpp"
#include "slurm/command.hpp"
#include "slurm/task_list.hpp"

namespace specsweep::slurm {

namespace {

constexpr double sbatch_seconds = 120;
constexpr int killed = 128;

bool is_past(const JournalEntry& entry, const std::string& job)
{
    return std::find(entry.past_ids.begin(), entry.past_ids.end(), job) != entry.past_ids.end();
}

/// started/TOKEN.JOB, made by the first task of the job.
std::string started_job(const JournalEntry& entry, const SweepFolder& folder)
{
    std::error_code error;
    for (const auto& file : std::filesystem::directory_iterator(folder.started(), error)) {
        const std::string name = file.path().filename().string();
        const std::string job = name.substr(name.find('.') + 1);
        if (name.starts_with(entry.token + ".") && parse_job(job) && !is_past(entry, job))
            return job;
    }
    return {};
}

}  // namespace

bool means_busy(const std::string& message)
{
    static constexpr std::array<std::string_view, 11> signs{"Socket timed out",
                                                            "Unable to contact slurm controller",
                                                            "temporarily unable",
                                                            "Connection refused",
                                                            "Zero Bytes were transmitted",
                                                            "Connection reset",
                                                            "Transport endpoint",
                                                            "Resource temporarily unavailable",
                                                            "Connection timed out",
                                                            "Slurm controller in standby",
                                                            "Communication connection failure"};
    return std::any_of(signs.begin(), signs.end(),
                       [&message](std::string_view sign) { return message.find(sign) != std::string::npos; });
}

SbatchAnswer call_sbatch(const std::vector<std::string>& options, const std::filesystem::path& script)
{
    std::vector<std::string> command{"sbatch", "--parsable"};
    command.insert(command.end(), options.begin(), options.end());
    command.push_back(script.string());
    const CommandResult result = run_command(command, sbatch_seconds);
    if (!result.found)
        throw IoError("there is no Slurm on this machine", "sbatch is not on PATH",
                      "log in to the cluster, or load its module");
    SbatchAnswer answer;
    answer.message = result.message();
    if (result.ok()) {
        const std::vector<std::string> lines = split(std::string(trim(result.out)), '\n');
        if (const auto job = parse_job(lines.back()); job && job->tasks.empty()) {
            answer.verdict = SbatchVerdict::accepted;
            answer.job_id = job->job;
        } else {
            answer.message = "sbatch succeeded without telling a job number";
        }
        return answer;
    }
    const bool fate_is_known = !result.timed_out && result.exit_code < killed && !means_busy(result.err + result.out);
    answer.verdict = fate_is_known ? SbatchVerdict::refused : SbatchVerdict::unknown;
    return answer;
}

std::string look_up(const JournalEntry& entry, const SweepFolder& folder, bool& reached)
{
    const QueueAnswer answer = ask_queue({entry.job_name}, entry.time);
    reached = answer.reached;
    for (const TaskRecord& task : answer.tasks)
        if (task.job_name == entry.job_name && !is_past(entry, task.job))
            return task.job;
    return started_job(entry, folder);
}

}  // namespace specsweep::slurm
