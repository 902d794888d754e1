#include "slurm/array_job.hpp"

#include <gtest/gtest.h>

#include <map>
#include <numeric>
#include <string>

#include "base/error.hpp"

namespace specsweep::slurm {
namespace {

std::vector<ShardNeed> needs(int count, std::int64_t memory = 1 << 20)
{
    std::vector<ShardNeed> all;
    for (int i = 0; i < count; ++i)
        all.push_back({.shard = i, .memory_per_rank = memory, .seconds = 60, .longest_unit_seconds = 1});
    return all;
}

/// Every shard is in exactly one array, whatever the limits.
void expect_all_once(const std::vector<ArrayJob>& arrays, int count, std::int64_t most_tasks)
{
    std::vector<int> seen(static_cast<std::size_t>(count), 0);
    for (const ArrayJob& array : arrays) {
        EXPECT_LE(array.tasks(), most_tasks);
        EXPECT_GE(array.tasks(), 1);
        for (const std::int32_t shard : array.shards)
            ++seen.at(static_cast<std::size_t>(shard));
    }
    for (const int times : seen)
        EXPECT_EQ(times, 1);
}

TEST(MakeArrays, CutsAtTheLargestArray)
{
    const Profile profile;
    for (const int count : {1, 7, 8, 9, 16, 17, 20, 1000})
        for (const std::int64_t most : {1, 7, 8, 1001}) {
            const auto arrays = make_arrays(needs(count), profile, {.most_tasks = most, .most_jobs = 0});
            expect_all_once(arrays, count, most);
            EXPECT_EQ(std::ssize(arrays), (count + most - 1) / most);
        }
}

TEST(MakeArrays, GivesATaskSeveralShardsWhereJobsAreFew)
{
    const Profile profile;
    for (const int count : {1, 19, 20, 100, 997})
        for (const std::int64_t jobs : {1, 2, 7, 50}) {
            const auto arrays = make_arrays(needs(count), profile, {.most_tasks = 8, .most_jobs = jobs});
            expect_all_once(arrays, count, 8);
            std::int64_t tasks = 0;
            for (const ArrayJob& array : arrays)
                tasks += array.tasks();
            EXPECT_LE(tasks, jobs);
        }
}

TEST(MakeArrays, OneResourceClassAnArray)
{
    auto all = needs(6);
    all[1].memory_per_rank = all[4].memory_per_rank = 1 << 30;
    all[5].time_factor = 2;
    const auto arrays = make_arrays(all, Profile(), {.most_tasks = 8, .most_jobs = 0});
    ASSERT_EQ(arrays.size(), 3u);
    EXPECT_EQ(arrays[0].shards, (std::vector<std::int32_t>{0, 2, 3}));
    EXPECT_EQ(arrays[1].shards, (std::vector<std::int32_t>{5}));
    EXPECT_EQ(arrays[2].shards, (std::vector<std::int32_t>{1, 4}));
    EXPECT_THROW(make_arrays(all, Profile(), {.most_tasks = 8, .most_jobs = 2}), UsageError);
}

TEST(FirstWave, TakesAsManyClassesAsMayHaveAJob)
{
    auto all = needs(6);
    all[1].memory_per_rank = all[4].memory_per_rank = 1 << 30;
    all[5].ranks = 8;
    const auto shards = [&](std::int64_t jobs) {
        std::vector<std::int32_t> found;
        for (const ShardNeed& need : first_wave(all, {.most_tasks = 8, .most_jobs = jobs}))
            found.push_back(need.shard);
        return found;
    };
    EXPECT_EQ(shards(0).size(), 6u) << "no limit";
    EXPECT_EQ(shards(3).size(), 6u);
    EXPECT_EQ(shards(2), (std::vector<std::int32_t>{0, 1, 2, 3, 4}));
    EXPECT_EQ(shards(1), (std::vector<std::int32_t>{0, 2, 3}));
    for (const std::int64_t jobs : {1, 2, 3})
        EXPECT_NO_THROW(make_arrays(first_wave(all, {.most_tasks = 8, .most_jobs = jobs}), Profile(),
                                    {.most_tasks = 8, .most_jobs = jobs}));
}

TEST(MakeArrays, AThrottleHoldsForTheWholeSweep)
{
    Profile profile;
    profile.set("throttle", {"5"}, "test");
    for (const ArrayJob& array : make_arrays(needs(20), profile, {.most_tasks = 8, .most_jobs = 0}))
        EXPECT_EQ(array.throttle, 5);  // one array after another
    profile.set("throttle_mode", {"split"}, "test");
    std::int64_t together = 0;
    for (const ArrayJob& array : make_arrays(needs(20), profile, {.most_tasks = 8, .most_jobs = 0}))
        together += array.throttle;
    EXPECT_EQ(together, 5);
}

TEST(TaskMinutes, AreAFunctionOfCostMarginAndLimits)
{
    Profile profile;
    profile.set("ranks", {"4"}, "test");
    EXPECT_EQ(task_minutes(0, 0, 4, profile), 10);          // time_min
    EXPECT_EQ(task_minutes(4 * 3600, 0, 4, profile), 121);  // twice an hour, and the start
    EXPECT_EQ(task_minutes(0, 3600, 4, profile), 121);      // the longest unit has one rank
    profile.set("time_max", {"60"}, "test");
    EXPECT_EQ(task_minutes(4 * 3600, 0, 4, profile), 60);
    profile.set("time", {"7"}, "test");
    EXPECT_EQ(task_minutes(4 * 3600, 0, 4, profile), 7);
}

TEST(MakeArrays, ATaskOfSeveralShardsGetsTheirTime)
{
    Profile profile;
    auto all = needs(8);
    for (ShardNeed& need : all)
        need.seconds = 3600;
    const auto one = make_arrays(all, profile, {.most_tasks = 8, .most_jobs = 0});
    const auto four = make_arrays(all, profile, {.most_tasks = 8, .most_jobs = 2});
    EXPECT_GT(four[0].minutes, 3 * one[0].minutes);
}

/// A unit that no single rank can hold makes an array of its own, with the ranks it needs.
TEST(MakeArrays, GroupsGetTheirRanks)
{
    std::vector<ShardNeed> all = needs(6);
    all[2].ranks = all[5].ranks = 16;
    const auto with = [&](std::map<std::string, std::string> settings) {
        Profile profile;
        for (const auto& [key, value] : settings)
            profile.set(key, {value}, "test");
        return make_arrays(all, profile, {.most_tasks = 100, .most_jobs = 0});
    };
    const auto few = with({{"ranks", "8"}, {"nodes", "2"}});
    ASSERT_EQ(few.size(), 2u);
    expect_all_once(few, 6, 100);
    EXPECT_EQ(few[0].shards, (std::vector<std::int32_t>{0, 1, 3, 4}));
    EXPECT_EQ(few[0].ranks, 8);
    EXPECT_EQ(few[0].nodes, 2);
    EXPECT_EQ(few[1].shards, (std::vector<std::int32_t>{2, 5}));
    EXPECT_EQ(few[1].ranks, 16);
    EXPECT_EQ(few[1].nodes, 4) << "four ranks a node, as the profile has it";
    const auto one = with({{"ranks", "1"}});
    EXPECT_EQ(one[1].ranks, 16);
    EXPECT_EQ(one[1].nodes, 1);
    const auto many = with({{"ranks", "32"}});
    EXPECT_EQ(many[1].ranks, 32) << "the profile has enough";
}

}  // namespace
}  // namespace specsweep::slurm
