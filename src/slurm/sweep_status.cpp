#include "slurm/sweep_status.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/format.hpp"
#include "results/file_names.hpp"
#include "sweep/plan_outline.hpp"

namespace specsweep::slurm {

namespace {

constexpr int out_of_memory_kill = 137;  // 128 + SIGKILL

ShardState state_of_slurm(const std::string& state)
{
    if (state == "PENDING" || state == "REQUEUED" || state == "REQUEUE_HOLD" || state == "REQUEUE_FED")
        return ShardState::waiting;
    if (state == "TIMEOUT" || state == "DEADLINE")
        return ShardState::timeout;
    if (state == "OUT_OF_MEMORY")
        return ShardState::out_of_memory;
    if (state == "NODE_FAIL" || state == "BOOT_FAIL")
        return ShardState::node_fail;
    if (state == "CANCELLED" || state == "REVOKED")
        return ShardState::cancelled;
    if (state == "PREEMPTED")
        return ShardState::preempted;
    if (state == "COMPLETED" || state == "FAILED")
        return ShardState::failed;
    return ShardState::running;
}

/// What one try ended with, where Slurm's word is missing or only says FAILED.
ShardState state_of_code(int code)
{
    if (code == static_cast<int>(ExitCode::stopped))
        return ShardState::stopped;
    return code == out_of_memory_kill ? ShardState::out_of_memory : ShardState::failed;
}

/// Does `a` tell more about a shard than `b`? Active before ended, then the later submission.
bool tells_more(const TaskRecord& a, int generation_a, const TaskRecord& b, int generation_b)
{
    if (a.active() != b.active())
        return a.active();
    if (generation_a != generation_b)
        return generation_a > generation_b;
    return a.job.size() != b.job.size() ? a.job.size() > b.job.size() : a.job > b.job;
}

struct BestRecord {
    const TaskRecord* record = nullptr;
    int generation = -1;
};

void consider(std::vector<BestRecord>& best, std::int32_t shard, const TaskRecord& record, int generation)
{
    if (shard < 0 || static_cast<std::size_t>(shard) >= best.size())
        return;
    BestRecord& held = best[static_cast<std::size_t>(shard)];
    if (held.record == nullptr || tells_more(record, generation, *held.record, held.generation))
        held = {&record, generation};
}

std::vector<BestRecord> best_records(const ScriptsByName& scripts, const QueueAnswer& queue, std::size_t shards)
{
    std::vector<BestRecord> best(shards);
    for (const TaskRecord& record : queue.tasks) {
        const auto found = scripts.find(record.job_name);
        if (found == scripts.end() || found->second.array == nullptr)
            continue;
        const ArrayJob& array = *found->second.array;
        const std::int64_t first = record.task < 0 ? 0 : record.task * array.per_task;
        const std::int64_t last = record.task < 0 ? std::ssize(array.shards) : first + array.per_task;
        for (std::int64_t i = first; i < std::min(last, std::ssize(array.shards)); ++i)
            consider(best, array.shards[static_cast<std::size_t>(i)], record, found->second.generation);
    }
    return best;
}

void apply_attempts(ShardSituation& shard, const std::vector<Attempt>& attempts)
{
    shard.attempts = static_cast<int>(attempts.size());
    for (auto attempt = attempts.rbegin(); attempt != attempts.rend(); ++attempt) {
        const bool fruitful = attempt->ended && (attempt->code == 0 || attempt->code == 3 || attempt->code == 75);
        if (fruitful)
            break;
        ++shard.fruitless;
    }
    if (attempts.empty())
        return;
    shard.last_node = attempts.back().node;
    shard.exit_code = attempts.back().ended ? attempts.back().code : -1;
    if (shard.job.empty())
        shard.job = attempts.back().job;
}

ShardState ended_state(const ShardSituation& shard, const BestRecord& best, const std::vector<Attempt>& attempts)
{
    const bool told = best.record != nullptr;
    const ShardState slurm = told ? state_of_slurm(best.record->state) : ShardState::lost;
    if (told && slurm != ShardState::failed)
        return slurm;
    if (shard.exit_code >= 0)
        return state_of_code(shard.exit_code);
    if (told)
        return ShardState::failed;
    return attempts.empty() ? ShardState::unsubmitted : ShardState::lost;
}

}  // namespace

std::map<ShardState, std::int64_t> SweepStatus::counts() const
{
    std::map<ShardState, std::int64_t> counts;
    for (const ShardSituation& shard : shards)
        ++counts[shard.state];
    return counts;
}

bool SweepStatus::active() const
{
    return aggregate_queued || std::any_of(shards.begin(), shards.end(), [](const ShardSituation& shard) {
               return shard.state == ShardState::running || shard.state == ShardState::waiting;
           });
}

ScriptsByName scripts_by_name(const std::vector<Generation>& generations)
{
    ScriptsByName scripts;
    for (const Generation& generation : generations) {
        for (const Generation::Array& array : generation.arrays)
            scripts[array.script.job_name] = {generation.number, &array.job};
        if (generation.aggregate)
            scripts[generation.aggregate->job_name] = {generation.number, nullptr};
    }
    return scripts;
}

SweepStatus join_status(results::Status files, const ScriptsByName& scripts, const QueueAnswer& queue,
                        const std::map<std::int32_t, std::vector<Attempt>>& attempts)
{
    static const std::vector<Attempt> none;
    SweepStatus status;
    status.queue_reached = queue.reached;
    status.queue_problem = queue.problem;
    status.history = queue.history;
    const std::vector<BestRecord> best = best_records(scripts, queue, files.shards.size());
    for (std::size_t i = 0; i < files.shards.size(); ++i) {
        ShardSituation shard;
        shard.shard = static_cast<std::int32_t>(i);
        shard.file = files.shards[i];
        if (const TaskRecord* record = best[i].record) {
            shard.job = record->task < 0 ? record->job : fmt::format("{}_{}", record->job, record->task);
            shard.reason = record->active() ? record->reason : record->state;
            shard.start = record->start;
            shard.time_left = record->time_left;
            shard.nodes = record->nodes;
            shard.generation = best[i].generation;
        }
        const auto tries = attempts.find(shard.shard);
        const std::vector<Attempt>& own = tries == attempts.end() ? none : tries->second;
        apply_attempts(shard, own);
        const bool active = best[i].record != nullptr && best[i].record->active();
        if (shard.file.condition == results::ShardCondition::complete)
            shard.state = ShardState::complete;
        else
            shard.state = active ? state_of_slurm(best[i].record->state) : ended_state(shard, best[i], own);
        status.shards.push_back(std::move(shard));
    }
    for (const TaskRecord& record : queue.tasks) {
        const auto found = scripts.find(record.job_name);
        if (found != scripts.end() && found->second.array == nullptr && record.active())
            status.aggregate_queued = true;
    }
    status.files = std::move(files);
    return status;
}

namespace {

std::optional<results::Status> status_of_aggregate(const std::filesystem::path& file)
{
    std::error_code ignored;
    return std::filesystem::exists(file, ignored) ? std::optional(results::status(file)) : std::nullopt;
}

/// Whether the aggregate was made of the shard files as they are now.
bool is_newer(const std::filesystem::path& aggregate, const results::Status& files)
{
    std::error_code ignored;
    const auto made = std::filesystem::last_write_time(aggregate, ignored);
    return std::all_of(files.shards.begin(), files.shards.end(), [&](const results::ShardStatus& shard) {
        return std::filesystem::last_write_time(shard.file, ignored) <= made;
    });
}

}  // namespace

SweepStatus sweep_status(const SweepFolder& folder)
{
    const SweepSettings settings = read_settings(folder);
    const auto outline = sweep::outline_from_text(read_text_file(settings.plan), settings.plan.string());
    if (outline.cut_sha256 != settings.cut_sha256)
        throw UsageError(fmt::format("{} is another plan than the scripts were made for", settings.plan.string()),
                         fmt::format("its cut_sha256 is {}, not {}", outline.cut_sha256.substr(0, 12),
                                     settings.cut_sha256.substr(0, 12)),
                         "restore the plan, or render into another folder");
    std::vector<Generation> generations;
    for (int number = 0; number < folder.generations(); ++number)
        generations.push_back(read_generation(folder, number));
    const Journal journal(folder.journal());
    results::Status files = results::status_of_outline(outline, results::shard_folder_of_aggregate(settings.result));
    const auto aggregate = status_of_aggregate(settings.result);
    if (aggregate && !aggregate->complete() && files.complete() && is_newer(settings.result, files))
        look_for_damage(files);
    std::map<std::int32_t, std::vector<Attempt>> attempts;
    for (const results::ShardStatus& shard : files.shards)
        if (shard.condition != results::ShardCondition::complete)
            attempts[shard.shard] = read_attempts(folder.attempts() / shard_stem(shard.shard));

    const ScriptsByName scripts = scripts_by_name(generations);
    std::vector<std::string> names;  // also of scripts that were submitted by hand
    for (const auto& [job_name, script] : scripts)
        names.push_back(job_name);
    SweepStatus status = join_status(std::move(files), scripts, ask_queue(names, journal.first_time()), attempts);
    status.folder = folder.root().string();
    status.result = settings.result.string();
    status.aggregate_there = aggregate && aggregate->complete() && aggregate->done + aggregate->failed > 0;
    for (const JournalEntry& entry : journal.entries())
        if (entry.job != "aggregate" &&
            ((entry.stage == JobStage::accepted && !entry.released) || entry.stage == JobStage::intended))
            status.unreleased.push_back(entry.job);
    return status;
}

}  // namespace specsweep::slurm
