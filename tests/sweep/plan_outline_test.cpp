#include "sweep/plan_outline.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "base/error.hpp"
#include "sweep/synthetic.hpp"

namespace specsweep::sweep {
namespace {

Plan mixed_plan()
{
    return synthetic_plan("quantizers: [{format: int, bits: [2, 3, 4]}, nvfp4]\nshards: {count: 5}\n", 2,
                          {{.name = "a", .rows = 512, .cols = 256},
                           {.name = "b", .rows = 64, .cols = 48, .content = 7},
                           {.name = "c", .rows = 2048, .cols = 2048},
                           {.name = "d", .rows = 40, .cols = 40}});
}

TEST(PlanOutline, FromTextIsThatOfThePlan)
{
    const Plan plan = mixed_plan();
    const PlanOutline read = outline_from_text(plan_to_text(plan), "p.json");
    const PlanOutline made = outline_of(plan);
    EXPECT_EQ(read.name, plan.name);
    EXPECT_EQ(read.sweep_sha256, plan.sweep_sha256);
    EXPECT_EQ(read.cut_sha256, plan.cut_sha256);
    EXPECT_EQ(read.units, std::ssize(plan.units));
    ASSERT_EQ(read.shards.size(), made.shards.size());
    for (std::size_t i = 0; i < read.shards.size(); ++i) {
        EXPECT_EQ(read.shards[i].units, made.shards[i].units);
        EXPECT_EQ(read.shards[i].memory_per_rank, made.shards[i].memory_per_rank);
        EXPECT_NEAR(read.shards[i].seconds, made.shards[i].seconds, 1e-9 * made.shards[i].seconds);
        EXPECT_EQ(read.shards[i].longest_unit_seconds, made.shards[i].longest_unit_seconds);
        EXPECT_EQ(read.shards[i].units, std::ssize(units_of_shard(plan, static_cast<std::int32_t>(i))));
    }
}

TEST(PlanOutline, RefusesAPlanThatWasEdited)
{
    std::string text = plan_to_text(mixed_plan());
    const std::size_t place = text.find("\"shard_count\": 5");
    ASSERT_NE(place, std::string::npos);
    text.replace(place, 16, "\"shard_count\": 6");
    EXPECT_THROW(outline_from_text(text, "p.json"), UsageError);
    EXPECT_THROW(outline_from_text("{}", "p.json"), UsageError);
    EXPECT_THROW(outline_from_text("rubbish", "p.json"), UsageError);
}

}  // namespace
}  // namespace specsweep::sweep
