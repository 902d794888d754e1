#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "sweep/plan_outline.hpp"
#include "sweep/resource_class.hpp"
#include "sweep/summary.hpp"
#include "synthetic.hpp"

namespace specsweep::sweep {
namespace {

std::vector<SyntheticMatrix> mixed_sizes(int count)
{
    std::vector<SyntheticMatrix> matrices;
    for (int i = 0; i < count; ++i)
        matrices.push_back(
            {"m" + std::to_string(i), checkpoint::Role::mlp_up, 64 + 37 * (i * i % 29), 64 + 53 * (i % 17)});
    return matrices;
}

Plan cut_into(std::int64_t count, int matrices = 40)
{
    return synthetic_plan("quantizers: [nvfp4, int]\nshards: {count: " + std::to_string(count) + "}", 1,
                          mixed_sizes(matrices));
}

std::vector<double> loads(const Plan& plan)
{
    std::vector<double> seconds(static_cast<std::size_t>(plan.shard_count), 0.0);
    for (const PlanUnit& unit : plan.units)
        seconds[static_cast<std::size_t>(unit.shard)] += unit.predicted_seconds;
    return seconds;
}

TEST(Cut, EveryUnitIsInOneShardAndAMatrixStaysWhole)
{
    for (const std::int64_t count : {1, 2, 7, 40}) {
        const Plan plan = cut_into(count);
        EXPECT_EQ(plan.shard_count, count);
        std::size_t total = 0;
        for (std::int32_t shard = 0; shard < plan.shard_count; ++shard)
            total += units_of_shard(plan, shard).size();
        EXPECT_EQ(total, plan.units.size());
        for (const PlanUnit& unit : plan.units)
            EXPECT_EQ(unit.shard, plan.matrices[static_cast<std::size_t>(unit.matrix)].shard);
    }
}

TEST(Cut, IsBalancedAsLongestFirstMustBe)
{
    for (const std::int64_t count : {2, 3, 5, 8}) {
        const Plan plan = cut_into(count);
        const auto seconds = loads(plan);
        const double longest = *std::max_element(seconds.begin(), seconds.end());
        double total = 0;
        double largest_matrix = 0;
        for (const double load : seconds)
            total += load;
        for (std::size_t row = 0; row < plan.units.size(); row += 3)
            largest_matrix =
                std::max(largest_matrix, plan.units[row].predicted_seconds + 2 * plan.units[row + 1].predicted_seconds);
        const double lower_bound = std::max(total / static_cast<double>(count), largest_matrix);
        EXPECT_LE(longest, lower_bound * (4.0 / 3.0)) << count;
    }
}

TEST(Cut, DoesNotChangeTheSweep)
{
    const Plan one = cut_into(1);
    const Plan seven = cut_into(7);
    EXPECT_EQ(one.sweep_sha256, seven.sweep_sha256);
    EXPECT_NE(one.cut_sha256, seven.cut_sha256);
    EXPECT_EQ(plan_to_text(cut_into(7)), plan_to_text(seven));
}

TEST(Cut, NeverMakesMoreShardsThanThereAreMatrices)
{
    EXPECT_EQ(cut_into(50, 3).shard_count, 3);
}

TEST(Cut, EqualContentStaysTogetherAndIsPaidOnce)
{
    std::vector<SyntheticMatrix> matrices{{"big", checkpoint::Role::mlp_up, 512, 512, 42},
                                          {"small", checkpoint::Role::mlp_up, 400, 400, 43}};
    const Plan plan = synthetic_plan("quantizers: int\nshards: {count: 2}", 3, matrices);
    std::set<std::int32_t> shards_of_big;
    for (const PlanMatrix& matrix : plan.matrices)
        if (matrix.matrix.name == "big")
            shards_of_big.insert(matrix.shard);
    EXPECT_EQ(shards_of_big.size(), 1u);
    EXPECT_NE(plan.matrices[0].shard, plan.matrices[1].shard);
    const PlanSummary summary = summarize(plan);
    EXPECT_EQ(summary.shared_units, 8);
    double once = 0;
    for (std::size_t row = 0; row < 4; ++row)
        once += plan.units[row].predicted_seconds;
    EXPECT_DOUBLE_EQ(summary.core_seconds, once);
}

TEST(Cut, ByTimeMakesAsManyShardsAsTheTimeAsksFor)
{
    Plan plan = cut_into(1);
    const double total = summarize(plan).core_seconds;
    cut(plan, {.count = {}, .minutes = total / 60 / 4.5}, 1);
    EXPECT_EQ(plan.shard_count, 5);
    cut(plan, {.count = {}, .minutes = total / 60 / 4.5}, 2);
    EXPECT_EQ(plan.shard_count, 3);
    cut(plan, {.count = {}, .minutes = 1e8}, 1);
    EXPECT_EQ(plan.shard_count, 1);
    cut(plan, {.count = {}, .minutes = 1e-12}, 1);
    EXPECT_EQ(plan.shard_count, 40);
}

TEST(Cut, ByTimeGivesEveryShardOneResourceClass)
{
    std::vector<SyntheticMatrix> matrices = mixed_sizes(20);
    for (int i = 0; i < 4; ++i)
        matrices.push_back({"large" + std::to_string(i), checkpoint::Role::mlp_up, 6000 + i, 6000});
    Plan plan = synthetic_plan("quantizers: nvfp4", 1, matrices);
    cut(plan, {.count = {}, .minutes = 1.0}, 1);
    std::map<std::int32_t, std::set<std::int64_t>> classes;
    for (const PlanMatrix& matrix : plan.matrices)
        classes[matrix.shard].insert(resource_class(matrix.predicted_bytes));
    EXPECT_EQ(classes.size(), static_cast<std::size_t>(plan.shard_count)) << "a shard without units";
    EXPECT_GE(plan.shard_count, 3);
    for (const auto& [shard, held] : classes)
        EXPECT_EQ(held.size(), 1u) << shard;
}

/// Matrices that only a group of ranks holds are in shards of their own, whatever else is as large.
TEST(Cut, ByTimeKeepsGroupsApart)
{
    std::vector<SyntheticMatrix> matrices = mixed_sizes(20);
    for (int i = 0; i < 3; ++i)
        matrices.push_back({"large" + std::to_string(i), checkpoint::Role::mlp_up, 6000 + i, 6000});
    Plan plan = synthetic_plan("quantizers: nvfp4", 1, matrices);
    for (PlanMatrix& matrix : plan.matrices)
        if (matrix.matrix.name.starts_with("large"))
            matrix.solver = "gram-scalapack:grid=2x2,nb=64";
    cut(plan, {.count = {}, .minutes = 1e-3}, 1);
    std::map<std::int32_t, std::set<int>> ranks;
    for (const PlanMatrix& matrix : plan.matrices)
        ranks[matrix.shard].insert(cost::ranks_of_solver(matrix.solver));
    std::set<std::int32_t> of_groups;
    for (const auto& [shard, held] : ranks) {
        EXPECT_EQ(held.size(), 1u) << shard;
        if (*held.begin() > 1)
            of_groups.insert(shard);
    }
    EXPECT_EQ(of_groups.size(), 3u);
    const PlanOutline outline = outline_from_text(plan_to_text(plan), "test");
    const PlanOutline made = outline_of(plan);
    for (std::int32_t shard = 0; shard < plan.shard_count; ++shard) {
        const auto i = static_cast<std::size_t>(shard);
        EXPECT_EQ(outline.shards[i].ranks, of_groups.contains(shard) ? 4 : 1);
        EXPECT_EQ(made.shards[i].ranks, outline.shards[i].ranks);
        EXPECT_EQ(made.shards[i].longest_unit_seconds, outline.shards[i].longest_unit_seconds);
    }
    const PlanSummary summary = summarize(plan);
    std::int64_t in_groups = 0;
    for (const ResourceClass& resources : summary.classes)
        in_groups += resources.ranks == 4 ? resources.shards : 0;
    EXPECT_EQ(in_groups, 3);
}

TEST(ResourceClass, IsAPowerOfTwoThatHoldsTheBytes)
{
    for (const std::int64_t bytes : {1LL, 2LL, 3LL, 100'000'000LL, (1LL << 31) + 1}) {
        EXPECT_GE(resource_class(bytes), bytes);
        EXPECT_LT(resource_class(bytes), 2 * bytes);
        EXPECT_EQ(resource_class(bytes) & (resource_class(bytes) - 1), 0);
    }
}

TEST(Summary, AddsUpToItsClasses)
{
    std::vector<SyntheticMatrix> matrices = mixed_sizes(10);
    matrices.push_back({"large", checkpoint::Role::mlp_up, 9000, 9000});
    const PlanSummary summary = summarize(synthetic_plan("quantizers: [nvfp4, int]", 2, matrices));
    EXPECT_EQ(summary.checkpoints, 2);
    EXPECT_EQ(summary.matrices, 22);
    EXPECT_EQ(summary.units, 66);
    EXPECT_EQ(summary.references, 22);
    EXPECT_EQ(summary.quantizers, 2);
    ASSERT_EQ(summary.classes.size(), 2u);
    EXPECT_EQ(summary.classes[0].units + summary.classes[1].units, 66);
    EXPECT_EQ(summary.classes[1].matrices, 2);
    EXPECT_GE(summary.classes[1].memory_bytes, summary.peak_bytes);
    EXPECT_DOUBLE_EQ(summary.classes[0].core_seconds + summary.classes[1].core_seconds, summary.core_seconds);
    EXPECT_GT(summary.output_bytes, 16 * 9000 * 6);
    std::int64_t of_classes = 0;
    for (const ResourceClass& resources : summary.classes) {
        EXPECT_GT(resources.output_bytes, 0);
        of_classes += resources.output_bytes;
    }
    EXPECT_EQ(of_classes, summary.output_bytes);  // no unit here shares the numbers of another
}

}  // namespace
}  // namespace specsweep::sweep
