#include "run/prediction_error.hpp"

#include <gtest/gtest.h>

#include "run/memory_check.hpp"

namespace specsweep::run {
namespace {

TEST(PredictionError, IsMedianAndTheRatioFarthestFromOne)
{
    EXPECT_EQ(prediction_error({}).units, 0);
    EXPECT_EQ(prediction_error({1.5}).worst, 1.5);
    const PredictionError error = prediction_error({2.0, 0.25, 1.0, 1.1, 0.9});
    EXPECT_EQ(error.median, 1.0);
    EXPECT_EQ(error.worst, 0.25);
    EXPECT_EQ(prediction_error({1.0, 5.0, 0.25}).worst, 5.0);
}

TEST(NodeNeed, IsTheSumOfTheLargestUnitsOfItsRanks)
{
    EXPECT_EQ(node_need({}, 4), 0);
    EXPECT_EQ(node_need({1, 5, 3}, 2), 8);
    EXPECT_EQ(node_need({1, 5, 3}, 9), 9);
}

TEST(NodeBudget, FollowsTheBatchSystem)
{
    unsetenv("SLURM_MEM_PER_CPU");
    setenv("SLURM_MEM_PER_NODE", "3", 1);
    EXPECT_EQ(node_budget(), 3 << 20);
    unsetenv("SLURM_MEM_PER_NODE");
    setenv("SLURM_MEM_PER_CPU", "2", 1);
    setenv("SLURM_CPUS_ON_NODE", "4", 1);
    EXPECT_EQ(node_budget(), 8 << 20);
    unsetenv("SLURM_MEM_PER_CPU");
    EXPECT_GT(node_budget(), std::int64_t{1} << 26);  // what this machine has
}

}  // namespace
}  // namespace specsweep::run
