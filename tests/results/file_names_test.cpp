#include "results/file_names.hpp"

#include <gtest/gtest.h>

namespace specsweep::results {
namespace {

TEST(FileNames, AreMadeFromTheAggregatesName)
{
    const auto folder = shard_folder_of_aggregate("results/a/a.h5");
    EXPECT_EQ(folder, "results/a/a.h5.shards");
    EXPECT_EQ(shard_path(folder, 7), "results/a/a.h5.shards/shard-0007.h5");
    EXPECT_EQ(shard_path(folder, 12345), "results/a/a.h5.shards/shard-12345.h5");
    EXPECT_EQ(kept_plan("a.h5"), "a.h5.shards/plan.json");
    EXPECT_EQ(default_aggregate("mlp"), "results/mlp/mlp.h5");
}

TEST(FileNames, ShardsAreKnownByTheirNames)
{
    EXPECT_TRUE(is_shard_name("x/shard-0007.h5"));
    EXPECT_FALSE(is_shard_name("x/shard-0007.h5.damaged"));
    EXPECT_FALSE(is_shard_name("x/plan.json"));
}

}  // namespace
}  // namespace specsweep::results
