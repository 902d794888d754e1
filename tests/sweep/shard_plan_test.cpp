#include "sweep/shard_plan.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "sweep/synthetic.hpp"

namespace specsweep::sweep {
namespace {

Plan whole_plan()
{
    return synthetic_plan(
        "quantizers: [{format: int, bits: [2, 3]}, {format: nvfp4, matrices: {include: [a]}}]\nshards: {count: 3}\n", 2,
        {{.name = "a", .rows = 64, .cols = 48},
         {.name = "b", .rows = 64, .cols = 48, .content = 7},
         {.name = "c", .rows = 256, .cols = 256},
         {.name = "d", .rows = 40, .cols = 40}});
}

TEST(ShardPlan, PartsTogetherAreTheWhole)
{
    const Plan whole = whole_plan();
    const std::string text = plan_to_text(whole);
    std::vector<int> seen(whole.units.size(), 0);
    for (std::int32_t shard = 0; shard < whole.shard_count; ++shard) {
        const Plan part = plan_from_shard_text(shard_plan_text(text, "p.json", shard));
        EXPECT_EQ(part.sweep_sha256, whole.sweep_sha256);
        EXPECT_EQ(part.cut_sha256, whole.cut_sha256);
        EXPECT_EQ(part.planned_units(), std::ssize(whole.units));
        EXPECT_EQ(units_of_shard(part, shard).size(), part.units.size());
        for (std::int64_t row = 0; row < std::ssize(part.units); ++row) {
            const PlanUnit& unit = part.units[static_cast<std::size_t>(row)];
            const auto there = static_cast<std::size_t>(part.whole_unit_row(row));
            const PlanUnit& same = whole.units.at(there);
            ++seen[there];
            EXPECT_EQ(unit.id, same.id);
            EXPECT_EQ(unit.solver, same.solver);
            EXPECT_EQ(unit.shard, same.shard);
            EXPECT_EQ(unit.predicted_seconds, same.predicted_seconds);
            EXPECT_EQ(part.whole_unit_row(unit.reference), same.reference);
            EXPECT_EQ(part.whole_unit_row(unit.canonical_row), same.canonical_row);
            EXPECT_EQ(part.whole_matrix_row(unit.matrix), same.matrix);
            EXPECT_EQ(part.matrices[static_cast<std::size_t>(unit.matrix)].matrix.name,
                      whole.matrices[static_cast<std::size_t>(same.matrix)].matrix.name);
        }
    }
    for (const int times : seen)
        EXPECT_EQ(times, 1);
}

TEST(ShardPlan, RefusesWhatIsNoPlanOrNoShard)
{
    std::string text = plan_to_text(whole_plan());
    EXPECT_THROW(shard_plan_text(text, "p.json", 3), UsageError);
    EXPECT_THROW(shard_plan_text(text, "p.json", -1), UsageError);
    EXPECT_THROW(shard_plan_text("{}", "p.json", 0), UsageError);
    text.replace(text.find("\"seed\": 0"), 9, "\"seed\": 1");
    EXPECT_THROW(shard_plan_text(text, "p.json", 0), UsageError);
}

}  // namespace
}  // namespace specsweep::sweep
