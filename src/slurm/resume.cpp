#include "slurm/resume.hpp"

#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/format.hpp"
#include "base/text.hpp"

namespace specsweep::slurm {

namespace {

constexpr double most_growth = 16;

bool is_idle(ShardState state)
{
    return state != ShardState::complete && state != ShardState::running && state != ShardState::waiting;
}

/// Codes after which the same task would end the same way.
bool comes_again(int code)
{
    return code == static_cast<int>(ExitCode::usage) || code == static_cast<int>(ExitCode::bad_input) ||
           code == static_cast<int>(ExitCode::wrong_ranks);
}

/// 2 after one such end, 4 after two, …
double growth(int times)
{
    double factor = 1;
    for (int i = 0; i < times && factor < most_growth; ++i)
        factor *= 2;
    return factor;
}

/// The last generation when it was never submitted whole: `resume` was interrupted.
bool is_unfinished(const Generation& generation, const Journal& journal)
{
    return std::any_of(generation.arrays.begin(), generation.arrays.end(), [&](const Generation::Array& array) {
        const JournalEntry* entry = journal.find(array.script.token);
        return entry == nullptr || entry->stage == JobStage::intended ||
               (entry->stage == JobStage::accepted && !entry->released);
    });
}

}  // namespace

ResumePlan plan_resume(const SweepStatus& status, std::vector<ShardNeed> all, int max_fails)
{
    ResumePlan plan;
    std::set<std::string> bad_nodes;
    std::int64_t more_memory = 0;
    std::int64_t more_time = 0;
    for (const ShardSituation& shard : status.shards) {
        if (!is_idle(shard.state))
            continue;
        if ((shard.state == ShardState::failed && comes_again(shard.exit_code)) || shard.fruitless > max_fails) {
            plan.given_up.push_back(shard.shard);
            continue;
        }
        ShardNeed need = all.at(static_cast<std::size_t>(shard.shard));
        const int times = std::max(1, shard.fruitless);
        if (shard.state == ShardState::out_of_memory) {
            need.memory_per_rank = static_cast<std::int64_t>(static_cast<double>(need.memory_per_rank) * growth(times));
            ++more_memory;
        }
        if (shard.state == ShardState::timeout) {
            need.time_factor = growth(times);
            ++more_time;
        }
        // Of several nodes Slurm does not say which one failed; it keeps that one out by itself while it is down.
        if (shard.state == ShardState::node_fail && !shard.nodes.empty() &&
            shard.nodes.find_first_of("[,( ") == std::string::npos)
            bad_nodes.insert(shard.nodes);
        plan.needs.push_back(need);
    }
    plan.exclude_nodes.assign(bad_nodes.begin(), bad_nodes.end());
    if (more_memory > 0)
        plan.notes.push_back(counted(more_memory, "shard") + " ran out of memory: more is asked for");
    if (more_time > 0)
        plan.notes.push_back(counted(more_time, "shard") +
                             " ran out of time without stopping first: more is asked for");
    if (!bad_nodes.empty())
        plan.notes.push_back("not on " + join(plan.exclude_nodes, ", ") + ", which failed");
    if (!plan.given_up.empty())
        plan.notes.push_back(
            fmt::format("not submitted again: {} (bad input, or more than {} in a row); see the logs, first of {}",
                        counted(std::ssize(plan.given_up), "shard"), counted(max_fails, "failure"),
                        shard_stem(plan.given_up.front())));
    return plan;
}

SubmitReport resume(const SweepFolder& folder, const ResumeOptions& options)
{
    const results::FileLock lock = lock_sweep(folder);
    SweepSettings settings = read_settings(folder);
    const int last = folder.generations() - 1;
    {
        const Generation generation = read_generation(folder, last);
        const Journal journal(folder.journal());
        const bool cancelled = std::any_of(
            journal.entries().begin(), journal.entries().end(),
            [last](const auto& entry) { return entry.generation == last && entry.stage == JobStage::cancelled; });
        if (!cancelled && is_unfinished(generation, journal)) {
            if (!options.reuse.empty())
                throw UsageError("an interrupted submission has to be finished first",
                                 "its scripts are written already",
                                 "resume without --reuse now, and with it when these jobs have ended");
            return last == 0 ? submit(folder, options.submit, lock)
                             : submit_generation(folder, settings, generation, options.submit, lock);
        }
    }
    const SweepStatus status = sweep_status(folder);
    if (!status.queue_reached)
        throw IoError("what is in the queue is not known", status.queue_problem, "resume when Slurm answers");
    const auto outline = sweep::outline_from_text(read_text_file(settings.plan), settings.plan.string());
    const ResumePlan plan = plan_resume(status, needs_of(outline), options.max_fails);
    for (const std::string& note : plan.notes)
        options.submit.say(note);
    if (plan.needs.empty()) {
        SubmitReport nothing;
        nothing.generation = -1;
        return nothing;
    }
    if (!plan.exclude_nodes.empty()) {
        std::vector<std::string> nodes = settings.profile.list("exclude_nodes");
        nodes.insert(nodes.end(), plan.exclude_nodes.begin(), plan.exclude_nodes.end());
        settings.profile.set("exclude_nodes", nodes, "resume");
    }
    settings.reuse.insert(settings.reuse.end(), options.reuse.begin(), options.reuse.end());
    const ArrayLimits limits = cluster_limits(settings.profile);
    const Generation generation =
        render_generation(settings, folder, last + 1, wave_of(plan.needs, limits, options.submit), limits);
    write_generation(folder, generation);
    return submit_generation(folder, settings, generation, options.submit, lock);
}

}  // namespace specsweep::slurm
