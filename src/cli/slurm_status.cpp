#include <chrono>
#include <filesystem>
#include <iostream>
#include <thread>

#include "base/format.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "cli/options.hpp"
#include "cli/slurm.hpp"
#include "slurm/cancel.hpp"
#include "slurm/resume.hpp"
#include "slurm/sweep_status.hpp"

namespace specsweep::cli {
namespace {

ExitCode code_of(const slurm::SweepStatus& status)
{
    if (!status.complete())
        return ExitCode::stopped;
    return status.files.failed > 0 ? ExitCode::failed_units : ExitCode::complete;
}

}  // namespace

ExitCode slurm_status(Arguments arguments)
{
    Options options(
        "specsweep slurm status DIR [--watch] [--json]",
        "Joins result files (the truth), journal, squeue, sacct or jobcomp, and the record of attempts. Works\n"
        "without sacct, and after Slurm has forgotten the jobs. Exit: 0 complete, 3 with failed units, 75 not yet.");
    options.flag("json", "machine-readable")
        .flag("watch", "again every --every seconds until nothing waits or runs any more")
        .value("every", "S", "seconds between two looks (default 60, at least 5: the controller is shared)")
        .positional("folder", 1, 1);
    if (!options.parse(arguments))
        return ExitCode::complete;
    const slurm::SweepFolder folder(options.texts("folder")[0]);
    const std::int64_t pause = std::max<std::int64_t>(5, options.integer("every").value_or(60));
    while (true) {
        const slurm::SweepStatus status = slurm::sweep_status(folder);
        if (options.has("json"))
            std::cout << to_json(status).dump(1) << std::endl;
        else
            std::cout << to_text(status) << std::flush;
        if (!options.has("watch") || (status.queue_reached && !status.active()))
            return code_of(status);
        std::this_thread::sleep_for(std::chrono::seconds(pause));
    }
}

ExitCode slurm_resume(Arguments arguments)
{
    Options options(
        "specsweep slurm resume DIR [--max-fails N] [--reuse FILE…]",
        "Submits the shards that are neither complete nor in the queue, with more memory after OUT_OF_MEMORY, more\n"
        "time after TIMEOUT, without the node after NODE_FAIL. Units that failed for a numerical reason stay failed.");
    options.value("max-fails", "N", "give a shard up after more than N failures in a row (default 3)")
        .value("patience", "S", "how long a busy controller is waited for (default 300)")
        .values("reuse", "FILE", "results of other sweeps: equal units are not computed again")
        .positional("folder", 1, 1);
    if (!options.parse(arguments))
        return ExitCode::complete;
    slurm::ResumeOptions chosen;
    for (const std::string& file : options.texts("reuse")) {
        if (!std::filesystem::exists(file))
            throw IoError(fmt::format("cannot reuse {}", file), "it is missing", "check the path");
        chosen.reuse.push_back(std::filesystem::absolute(file).lexically_normal());
    }
    const std::int64_t most = options.integer("max-fails").value_or(chosen.max_fails);
    if (most < 0 || most > 1'000'000)
        throw UsageError(fmt::format("--max-fails {} is out of range", most));
    chosen.max_fails = static_cast<int>(most);
    chosen.submit.patience_seconds = static_cast<double>(options.integer("patience").value_or(300));
    chosen.submit.say = [](const std::string& line) { log_info("{}", line); };
    const slurm::SubmitReport report = slurm::resume(slurm::SweepFolder(options.texts("folder")[0]), chosen);
    if (report.generation < 0)
        std::cout << "nothing to submit\n";
    for (const auto& job : report.jobs)
        std::cout << fmt::format("{:<10} job {:<10} {:>7} tasks{}\n", job.name, job.job_id, format_count(job.tasks),
                                 job.was_known ? "  (from before)" : "");
    return ExitCode::complete;
}

ExitCode slurm_cancel(Arguments arguments)
{
    Options options("specsweep slurm cancel DIR",
                    "Cancels every job of the sweep that Slurm still has, found by its token. Finished units stay.");
    options.positional("folder", 1, 1);
    if (!options.parse(arguments))
        return ExitCode::complete;
    const std::vector<std::string> jobs = slurm::cancel(slurm::SweepFolder(options.texts("folder")[0]));
    std::cout << (jobs.empty() ? "nothing was in the queue" : "cancelled: " + join(jobs, " ")) << '\n';
    return ExitCode::complete;
}

}  // namespace specsweep::cli
