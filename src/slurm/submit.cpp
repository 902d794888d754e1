#include "slurm/submit.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/format.hpp"
#include "base/stopwatch.hpp"
#include "base/text.hpp"
#include "slurm/cluster.hpp"
#include "slurm/command.hpp"
#include "slurm/quote.hpp"
#include "slurm/sbatch.hpp"

namespace specsweep::slurm {

namespace {

constexpr double longest_pause = 30;

class Submission {
public:
    Submission(const SweepFolder& folder, const SweepSettings& settings, const Generation& generation,
               const SubmitOptions& options)
        : folder_(folder), settings_(settings), generation_(generation), options_(options), journal_(folder.journal())
    {
    }

    SubmitReport run()
    {
        report_.generation = generation_.number;
        report_.tasks = generation_.tasks();
        refuse_cancelled();
        std::vector<std::string> ids;
        for (const Generation::Array& array : generation_.arrays) {
            std::vector<std::string> options{"--hold"};
            if (in_waves() && !ids.empty())
                options.push_back("--dependency=afterany:" + ids.back());
            ids.push_back(bring_in(array.script, array.job.name, array.job.tasks(), options));
        }
        if (generation_.aggregate)
            bring_in(*generation_.aggregate, "aggregate", 1, {"--dependency=afterany:" + join(ids, ":")});
        for (const Generation::Array& array : generation_.arrays)
            release(array.script.token);
        return std::move(report_);
    }

private:
    /// Arrays under one throttle wait for each other; see set_throttle() in array_job.cpp.
    bool in_waves() const
    {
        const std::int64_t throttle = settings_.profile.integer("throttle");
        return throttle > 0 && generation_.arrays.size() > 1 && generation_.arrays[0].job.throttle == throttle;
    }

    void refuse_cancelled() const
    {
        for (const JournalEntry& entry : journal_.entries())
            if (entry.generation == generation_.number && entry.stage == JobStage::cancelled)
                throw UsageError(
                    fmt::format("generation {} of this sweep was cancelled", generation_.number), {},
                    fmt::format("go on with `specsweep slurm resume {}`", shell_quote(folder_.root().string())));
    }

    /// The script's job: the one that is there, or a new one.
    std::string bring_in(const JobScript& script, const std::string& name, std::int64_t tasks,
                         const std::vector<std::string>& options)
    {
        const JournalEntry* known = journal_.find(script.token);
        bool was_known = known != nullptr && known->stage == JobStage::accepted;
        std::string id = was_known ? known->job_id : std::string();
        if (known != nullptr && known->stage == JobStage::intended) {
            id = find_job(*known);
            was_known = !id.empty();
            if (was_known)
                journal_.accept(script.token, id);
        }
        if (id.empty()) {
            journal_.intend(script.token, script.job_name, generation_.number, name);
            id = new_job(script, name, options);
        }
        report_.jobs.push_back({name, id, tasks, was_known});
        options_.say(fmt::format("{} is job {}{}", name, id, was_known ? " (from before)" : ""));
        return id;
    }

    std::string new_job(const JobScript& script, const std::string& name, const std::vector<std::string>& options)
    {
        const Stopwatch watch;
        for (double pause = 1;; pause = std::min(2 * pause, longest_pause)) {
            const SbatchAnswer answer = call_sbatch(options, folder_.script(generation_.number, name));
            if (answer.verdict == SbatchVerdict::accepted) {
                journal_.accept(script.token, answer.job_id);
                return answer.job_id;
            }
            if (answer.verdict == SbatchVerdict::refused)
                take_back(script, name, answer.message);
            options_.say(fmt::format("{}: {}; asking whether the controller has it", name, answer.message));
            wait(watch, pause, answer.message);
            const std::string id = find_job(*journal_.find(script.token));
            if (!id.empty()) {
                journal_.accept(script.token, id);
                return id;
            }
        }
    }

    /// The number of a job whose fate is not known; empty when the controller answers that it has none.
    std::string find_job(const JournalEntry& entry) const
    {
        const Stopwatch watch;
        for (double pause = 1;; pause = std::min(2 * pause, longest_pause)) {
            bool reached = false;
            std::string id = look_up(entry, folder_, reached);
            if (reached || !id.empty())
                return id;
            wait(watch, pause, "squeue does not answer");
        }
    }

    void wait(const Stopwatch& watch, double seconds, const std::string& why) const
    {
        if (watch.seconds() + seconds > options_.patience_seconds)
            throw IoError("Slurm's controller does not answer", why,
                          "submit again later: what it has by then is found by its token and not submitted twice");
        std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
    }

    /// One script was refused: the others, which are on hold, go with it.
    [[noreturn]] void take_back(const JobScript& script, const std::string& name, const std::string& why)
    {
        journal_.reject(script.token, why);
        for (const SubmitReport::Job& job : report_.jobs) {
            const bool gone = run_command({"scancel", job.job_id}).ok();
            for (const Generation::Array& array : generation_.arrays)
                if (gone && array.job.name == job.name)
                    journal_.reject(array.script.token, "taken back: " + name + " was refused");
        }
        throw UsageError(fmt::format("Slurm refuses {}", folder_.script(generation_.number, name).string()), why,
                         "what was submitted with it has been taken back; mend the profile (specsweep slurm doctor), "
                         "render and submit again");
    }

    void release(const std::string& token)
    {
        const JournalEntry* entry = journal_.find(token);
        if (entry->released)
            return;
        const Stopwatch watch;
        for (double pause = 1;; pause = std::min(2 * pause, longest_pause)) {
            const CommandResult result = run_command({"scontrol", "release", entry->job_id});
            if (result.ok())
                break;
            // A job that has ended, or is gone, was released by an earlier call that died before it said so.
            if (!result.timed_out && !means_busy(result.err))
                break;
            wait(watch, pause, result.message());
        }
        journal_.release(token);
    }

    const SweepFolder& folder_;
    const SweepSettings& settings_;
    const Generation& generation_;
    const SubmitOptions& options_;
    Journal journal_;
    SubmitReport report_;
};

bool fits(const Generation& generation, const ArrayLimits& limits)
{
    const bool arrays = std::all_of(generation.arrays.begin(), generation.arrays.end(),
                                    [&](const auto& array) { return array.job.tasks() <= limits.most_tasks; });
    return arrays && (limits.most_jobs == 0 || generation.tasks() <= limits.most_jobs);
}

bool has_begun(const SweepFolder& folder, const Generation& generation)
{
    const Journal journal(folder.journal());
    const auto known = [&journal](const JobScript& script) {
        const JournalEntry* entry = journal.find(script.token);
        return entry != nullptr && entry->stage != JobStage::rejected;
    };
    return std::any_of(generation.arrays.begin(), generation.arrays.end(),
                       [&](const Generation::Array& array) { return known(array.script); });
}

/// As it is rendered, or cut anew for the limits of the cluster.
Generation first_generation(const SweepFolder& folder, const SweepSettings& settings, const SubmitOptions& options)
{
    const Generation rendered = read_generation(folder, 0);
    if (has_begun(folder, rendered))
        return rendered;
    const ArrayLimits limits = cluster_limits(settings.profile);
    if (fits(rendered, limits))
        return rendered;
    options.say(fmt::format("the cluster takes arrays of {} tasks{}: cut anew", limits.most_tasks,
                            limits.most_jobs > 0 ? fmt::format(" and {} more jobs", limits.most_jobs) : ""));
    const auto outline = sweep::outline_from_text(read_text_file(settings.plan), settings.plan.string());
    const Generation fitted =
        render_generation(settings, folder, 0, wave_of(needs_of(outline), limits, options), limits);
    write_generation(folder, fitted);
    return fitted;
}

}  // namespace

ArrayLimits cluster_limits(const Profile& profile)
{
    const ClusterConfig config = cluster_config();
    ArrayLimits limits;
    limits.most_tasks = std::min(most_array_tasks(config), profile.integer("max_array_size"));
    if (const std::int64_t room = submit_headroom(config, profile.text("qos")); room > 0)
        limits.most_jobs = std::max<std::int64_t>(1, room - 1);  // one is for the aggregating job
    return limits;
}

std::vector<ShardNeed> wave_of(const std::vector<ShardNeed>& needs, const ArrayLimits& limits,
                               const SubmitOptions& options)
{
    std::vector<ShardNeed> wave = first_wave(needs, limits);
    if (wave.size() < needs.size())
        options.say(
            fmt::format("the cluster takes {} more now: {} of {} submitted, `specsweep slurm resume` submits the next "
                        "wave when these have ended",
                        counted(limits.most_jobs, "job"), wave.size(), counted(std::ssize(needs), "shard")));
    return wave;
}

results::FileLock lock_sweep(const SweepFolder& folder)
{
    folder.require();
    return results::FileLock(folder.journal());
}

SubmitReport submit_generation(const SweepFolder& folder, const SweepSettings& settings, const Generation& generation,
                               const SubmitOptions& options, const results::FileLock&)
{
    return Submission(folder, settings, generation, options).run();
}

SubmitReport submit(const SweepFolder& folder, const SubmitOptions& options, const results::FileLock& lock)
{
    const SweepSettings settings = read_settings(folder);
    return submit_generation(folder, settings, first_generation(folder, settings, options), options, lock);
}

std::vector<TestAnswer> test_only(const SweepFolder& folder, const SubmitOptions& options)
{
    const results::FileLock lock = lock_sweep(folder);
    const Generation generation = first_generation(folder, read_settings(folder), options);
    std::vector<TestAnswer> answers;
    const auto test = [&](const std::string& name) {
        const CommandResult result =
            run_command({"sbatch", "--test-only", folder.script(generation.number, name).string()});
        if (!result.found)
            throw IoError("there is no Slurm on this machine", "sbatch is not on PATH");
        answers.push_back({.script = name, .taken = result.ok(), .message = result.message()});
    };
    for (const Generation::Array& array : generation.arrays)
        test(array.job.name);
    if (generation.aggregate)
        test("aggregate");
    return answers;
}

}  // namespace specsweep::slurm
