#include "run/progress.hpp"

#include <gtest/gtest.h>

#include "run/file_names.hpp"

namespace specsweep::run {
namespace {

TEST(ProgressLine, SaysDoneRateAndTimeLeft)
{
    const Advance total{.units = 120, .predicted_seconds = 60};
    EXPECT_EQ(progress_line({.units = 0, .predicted_seconds = 0}, total, 3), "0/120 units");
    EXPECT_EQ(progress_line({.units = 30, .predicted_seconds = 20}, total, 10), "30/120 units  3/s  20 s left");
    EXPECT_EQ(progress_line({.units = 120, .predicted_seconds = 60}, total, 30), "120/120 units  4/s");
}

TEST(FileNames, AreMadeFromTheAggregatesName)
{
    EXPECT_EQ(shard_file("results/a/a.h5", 7), "results/a/a.h5.shards/shard-0007.h5");
    EXPECT_EQ(shard_file("a.h5", 12345), "a.h5.shards/shard-12345.h5");
    EXPECT_EQ(kept_plan("a.h5"), "a.h5.shards/plan.json");
    EXPECT_EQ(default_output("mlp"), "results/mlp/mlp.h5");
}

}  // namespace
}  // namespace specsweep::run
