#include "slurm/cancel.hpp"

#include <set>

#include "base/error.hpp"
#include "base/format.hpp"
#include "slurm/cluster.hpp"
#include "slurm/command.hpp"
#include "slurm/submit.hpp"
#include "slurm/sweep_status.hpp"

namespace specsweep::slurm {

std::vector<std::string> cancel(const SweepFolder& folder)
{
    const results::FileLock lock = lock_sweep(folder);
    std::vector<Generation> generations;
    for (int number = 0; number < folder.generations(); ++number)
        generations.push_back(read_generation(folder, number));
    if (generations.empty())
        throw UsageError(fmt::format("{} holds no rendered sweep", folder.root().string()), "it has no scripts");
    std::vector<std::string> names;
    for (const auto& [name, script] : scripts_by_name(generations))
        names.push_back(name);
    Journal journal(folder.journal());
    const QueueAnswer queue = ask_queue(names, journal.first_time());
    if (!queue.reached)
        throw IoError("nothing was cancelled", queue.problem, "try again when Slurm answers");
    std::set<std::string> jobs;
    for (const TaskRecord& task : queue.tasks)
        if (task.active())
            jobs.insert(task.job);
    for (const std::string& job : jobs) {
        const CommandResult result = run_command({"scancel", job});
        if (!result.ok())
            throw IoError(fmt::format("job {} was not cancelled", job), result.message());
    }
    for (const JournalEntry& entry : std::vector<JournalEntry>(journal.entries()))
        if (entry.stage == JobStage::accepted || entry.stage == JobStage::intended)
            journal.cancel(entry.token);
    return {jobs.begin(), jobs.end()};
}

}  // namespace specsweep::slurm
