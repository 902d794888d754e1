#include "slurm/array_job.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/integer.hpp"

namespace specsweep::slurm {

namespace {

/// Start of the launcher, reading the plan, opening files.
constexpr double start_seconds = 60;

using Class = std::tuple<std::int64_t, std::int32_t, double>;  ///< memory per rank, ranks, time factor

Class class_of(const ShardNeed& need)
{
    return {need.memory_per_rank, need.ranks, need.time_factor};
}

std::int64_t ceil_divide(std::int64_t a, std::int64_t b)
{
    return (a + b - 1) / b;
}

/// The longest task of an array, in minutes.
std::int64_t array_minutes(const std::vector<ShardNeed>& shards, std::int32_t per_task, std::int64_t ranks,
                           const Profile& profile)
{
    std::int64_t most = 0;
    for (std::size_t begin = 0; begin < shards.size(); begin += static_cast<std::size_t>(per_task)) {
        const std::size_t end = std::min(shards.size(), begin + static_cast<std::size_t>(per_task));
        double seconds = 0;
        double longest = 0;
        for (std::size_t i = begin; i < end; ++i) {
            seconds += shards[i].seconds * shards[i].time_factor;
            longest += shards[i].longest_unit_seconds * shards[i].time_factor;
        }
        most = std::max(most, task_minutes(seconds, longest, ranks, profile));
    }
    return most;
}

/// As many ranks a node as the profile has, unless that is one: its nodes then take what the group needs.
std::int64_t nodes_for(std::int64_t ranks, const Profile& profile)
{
    const std::int64_t nodes = profile.integer("nodes");
    const std::int64_t usual = profile.integer("ranks");
    const std::int64_t ranks_a_node = ceil_divide(usual, nodes);
    return ranks <= usual || ranks_a_node == 1 ? nodes : std::max(nodes, ceil_divide(ranks, ranks_a_node));
}

/// Least number of shards a task that keeps the number of tasks within the limit.
std::int32_t shards_per_task(const std::map<Class, std::vector<ShardNeed>>& classes, std::int64_t most_jobs)
{
    if (most_jobs <= 0)
        return 1;
    if (most_jobs < std::ssize(classes))
        throw UsageError(fmt::format("{} array tasks are too many", classes.size()),
                         fmt::format("the cluster takes {} more jobs from this user", most_jobs),
                         "wait until some of them have ended, then submit again");
    std::int64_t total = 0;
    for (const auto& [key, shards] : classes)
        total += std::ssize(shards);
    for (std::int64_t per_task = std::max<std::int64_t>(1, total / most_jobs);; ++per_task) {
        std::int64_t tasks = 0;
        for (const auto& [key, shards] : classes)
            tasks += ceil_divide(std::ssize(shards), per_task);
        if (tasks <= most_jobs)
            return checked_cast<std::int32_t>(per_task);
    }
}

/// A throttle holds for the whole sweep: arrays that run one after another may use all of it, others share it.
void set_throttle(std::vector<ArrayJob>& arrays, const Profile& profile)
{
    const std::int64_t whole = profile.integer("throttle");
    if (whole == 0)
        return;
    const bool share = profile.text("throttle_mode") == "split" && std::ssize(arrays) <= whole;
    for (std::size_t i = 0; i < arrays.size(); ++i) {
        const auto count = std::ssize(arrays);
        arrays[i].throttle = share ? whole / count + (static_cast<std::int64_t>(i) < whole % count ? 1 : 0) : whole;
    }
}

}  // namespace

std::vector<ShardNeed> needs_of(const sweep::PlanOutline& outline)
{
    std::vector<ShardNeed> needs;
    for (std::size_t i = 0; i < outline.shards.size(); ++i) {
        const sweep::ShardOutline& shard = outline.shards[i];
        needs.push_back({.shard = static_cast<std::int32_t>(i),
                         .memory_per_rank = shard.memory_per_rank,
                         .ranks = shard.ranks,
                         .seconds = shard.seconds,
                         .longest_unit_seconds = shard.longest_unit_seconds});
    }
    return needs;
}

std::int64_t ArrayJob::tasks() const
{
    return ceil_divide(std::ssize(shards), per_task);
}

std::int64_t task_minutes(double seconds, double longest_unit_seconds, std::int64_t ranks, const Profile& profile)
{
    if (const std::int64_t fixed = profile.integer("time"); fixed > 0)
        return fixed;
    const double shared = seconds / static_cast<double>(std::max<std::int64_t>(1, ranks));
    const double wanted = profile.number("time_margin") * (shared + longest_unit_seconds) + start_seconds;
    std::int64_t minutes = std::max(profile.integer("time_min"), static_cast<std::int64_t>(std::ceil(wanted / 60)));
    if (const std::int64_t most = profile.integer("time_max"); most > 0)
        minutes = std::min(minutes, most);
    return std::max<std::int64_t>(minutes, 1);
}

std::vector<ShardNeed> first_wave(const std::vector<ShardNeed>& needs, const ArrayLimits& limits)
{
    std::map<Class, std::int64_t> sizes;
    for (const ShardNeed& need : needs)
        ++sizes[class_of(need)];
    if (limits.most_jobs <= 0 || std::ssize(sizes) <= limits.most_jobs)
        return needs;
    std::vector<std::pair<std::int64_t, Class>> largest;
    for (const auto& [key, size] : sizes)
        largest.emplace_back(-size, key);
    std::sort(largest.begin(), largest.end());
    std::set<Class> taken;
    for (std::int64_t i = 0; i < limits.most_jobs; ++i)
        taken.insert(largest[static_cast<std::size_t>(i)].second);
    std::vector<ShardNeed> wave;
    for (const ShardNeed& need : needs)
        if (taken.contains(class_of(need)))
            wave.push_back(need);
    return wave;
}

std::vector<ArrayJob> make_arrays(std::vector<ShardNeed> needs, const Profile& profile, const ArrayLimits& limits)
{
    if (limits.most_tasks < 1)
        throw UsageError("the cluster takes no job arrays", fmt::format("at most {} tasks", limits.most_tasks));
    std::sort(needs.begin(), needs.end(), [](const ShardNeed& a, const ShardNeed& b) { return a.shard < b.shard; });
    std::map<Class, std::vector<ShardNeed>> classes;
    for (const ShardNeed& need : needs)
        classes[class_of(need)].push_back(need);
    const std::int32_t per_task = shards_per_task(classes, limits.most_jobs);

    std::vector<ArrayJob> arrays;
    for (const auto& [key, shards] : classes) {
        const auto chunk = static_cast<std::size_t>(limits.most_tasks * per_task);
        for (std::size_t begin = 0; begin < shards.size(); begin += chunk) {
            const auto first = shards.begin() + static_cast<std::ptrdiff_t>(begin);
            const std::vector<ShardNeed> part(
                first, first + static_cast<std::ptrdiff_t>(std::min(chunk, shards.size() - begin)));
            ArrayJob array;
            array.name = fmt::format("a{}", arrays.size());
            array.memory_per_rank = std::get<0>(key);
            array.ranks = std::max<std::int64_t>(profile.integer("ranks"), std::get<1>(key));
            array.nodes = nodes_for(array.ranks, profile);
            array.per_task = per_task;
            array.minutes = array_minutes(part, per_task, array.ranks, profile);
            for (const ShardNeed& need : part)
                array.shards.push_back(need.shard);
            arrays.push_back(std::move(array));
        }
    }
    set_throttle(arrays, profile);
    return arrays;
}

}  // namespace specsweep::slurm
