#include "base/format.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "slurm/quote.hpp"
#include "slurm/sweep_status.hpp"

namespace specsweep::slurm {

namespace {

constexpr int most_lines_a_state = 12;

std::string line(const ShardSituation& shard)
{
    const results::ShardStatus& file = shard.file;
    std::string text = fmt::format("  {:<10} {:<13} {:>7}/{:<7} units", shard_stem(shard.shard), name(shard.state),
                                   format_count(file.done + file.failed), format_count(file.units));
    if (file.failed > 0)
        text += fmt::format("  {} failed", format_count(file.failed));
    if (!shard.job.empty())
        text += "  job " + shard.job;
    if (shard.state == ShardState::running)
        text += fmt::format("  on {}, {} left", shard.nodes, shard.time_left);
    if (shard.state == ShardState::waiting && !shard.reason.empty())
        text += fmt::format("  {}{}", shard.reason,
                            shard.start.empty() || shard.start == "N/A" ? "" : ", start " + shard.start);
    if (shard.exit_code > 0 && shard.state != ShardState::running && shard.state != ShardState::waiting)
        text += fmt::format("  exit {}", shard.exit_code);
    if (shard.attempts > 1)
        text += fmt::format("  {} attempts", shard.attempts);
    if (!shard.last_node.empty() && shard.state != ShardState::running)
        text += "  last on " + shard.last_node;
    if (!file.note.empty())
        text += "  " + file.note;
    return text + "\n";
}

/// What is to be done, with the command to type: quoted, to be pasted into a shell.
std::string next_step(const SweepStatus& status)
{
    if (!status.unreleased.empty())
        return fmt::format("a submission was interrupted (arrays {} on hold or not known): specsweep slurm submit {}",
                           join(status.unreleased, ", "), shell_quote(status.folder));
    if (status.complete() && status.aggregate_there)
        return "complete: " + status.result;
    if (status.complete())
        return status.aggregate_queued ? "all shards are complete, the aggregating job is in the queue"
                                       : fmt::format("all shards are complete: specsweep aggregate {}.shards -o {}",
                                                     shell_quote(status.result), shell_quote(status.result));
    if (!status.queue_reached)
        return fmt::format("Slurm was not reached ({}): what runs is not known", status.queue_problem);
    const auto counts = status.counts();
    std::int64_t idle = 0;
    for (const auto& [state, count] : counts)
        if (state != ShardState::complete && state != ShardState::running && state != ShardState::waiting)
            idle += count;
    if (idle == std::ssize(status.shards) && counts.count(ShardState::unsubmitted) > 0 &&
        counts.at(ShardState::unsubmitted) == idle)
        return "nothing is submitted: specsweep slurm submit " + shell_quote(status.folder);
    if (idle > 0)
        return fmt::format("{} {} neither complete nor in the queue: specsweep slurm resume {}", counted(idle, "shard"),
                           idle == 1 ? "is" : "are", shell_quote(status.folder));
    return "in the queue: specsweep slurm status --watch " + shell_quote(status.folder);
}

}  // namespace

std::string_view name(ShardState state)
{
    switch (state) {
        case ShardState::complete:
            return "complete";
        case ShardState::running:
            return "running";
        case ShardState::waiting:
            return "waiting";
        case ShardState::stopped:
            return "stopped";
        case ShardState::timeout:
            return "timeout";
        case ShardState::out_of_memory:
            return "out-of-memory";
        case ShardState::node_fail:
            return "node-fail";
        case ShardState::cancelled:
            return "cancelled";
        case ShardState::preempted:
            return "preempted";
        case ShardState::failed:
            return "failed";
        case ShardState::lost:
            return "lost";
        case ShardState::unsubmitted:
            return "unsubmitted";
    }
    return "";
}

Json to_json(const SweepStatus& status)
{
    Json shards = Json::array();
    for (const ShardSituation& shard : status.shards)
        shards.push_back({{"shard", shard.shard},
                          {"state", name(shard.state)},
                          {"condition", name(shard.file.condition)},
                          {"units", shard.file.units},
                          {"done", shard.file.done},
                          {"failed", shard.file.failed},
                          {"pending", shard.file.pending},
                          {"job", shard.job},
                          {"reason", shard.reason},
                          {"start", shard.start},
                          {"time_left", shard.time_left},
                          {"nodes", shard.nodes},
                          {"generation", shard.generation},
                          {"attempts", shard.attempts},
                          {"exit_code", shard.exit_code}});
    Json counts = Json::object();
    for (const auto& [state, count] : status.counts())
        counts[std::string(name(state))] = count;
    return {{"shards", shards},
            {"counts", counts},
            {"units", to_json(status.files)},
            {"queue_reached", status.queue_reached},
            {"history", status.history},
            {"aggregate_queued", status.aggregate_queued},
            {"aggregate_complete", status.aggregate_there},
            {"result", status.result},
            {"next", next_step(status)}};
}

std::string to_text(const SweepStatus& status)
{
    std::string text;
    std::map<ShardState, int> shown;
    for (const ShardSituation& shard : status.shards) {
        const bool quiet = shard.state == ShardState::complete && shard.file.failed == 0;
        if (!quiet && shown[shard.state]++ < most_lines_a_state)
            text += line(shard);
    }
    for (const auto& [state, count] : shown)
        if (count > most_lines_a_state)
            text += fmt::format("  and {} more {}\n", format_count(count - most_lines_a_state), name(state));
    text += "shards:";
    for (const auto& [state, count] : status.counts())
        text += fmt::format("  {} {}", format_count(count), name(state));
    const results::Status& files = status.files;
    text += fmt::format("\nunits:   {} of {} done, {} failed, {} pending\n", format_count(files.done),
                        format_count(files.planned), format_count(files.failed), format_count(files.pending));
    for (const auto& [reason, count] : files.reasons)
        text += fmt::format("  failed: {} × {}\n", format_count(count), reason);
    return text + next_step(status) + "\n";
}

}  // namespace specsweep::slurm
