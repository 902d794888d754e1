#include "sweep/solver.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "cost/cost_model.hpp"
#include "cost/group_solver.hpp"

namespace specsweep::sweep {
namespace {

constexpr std::int64_t gibibyte = std::int64_t{1} << 30;

TEST(ChooseSolver, TakesOneRankWhereverThatFits)
{
    EXPECT_EQ(choose_solver(4096, 14336, 1e-4, 4 * gibibyte), "gram-two-stage");
    EXPECT_EQ(choose_solver(151936, 8192, 1e-4, 4 * gibibyte), "gram-two-stage");
    EXPECT_EQ(choose_solver(4096, 4096, 1e-4, 4 * gibibyte, "fast"), "lanczos");
}

TEST(ChooseSolver, TakesTheSmallestGroupThatFits)
{
    for (const std::int64_t memory : {gibibyte / 2, gibibyte, 2 * gibibyte}) {
        const std::string solver = choose_solver(16384, 16384, 1e-4, memory);
        const auto group = cost::parse_group_solver(solver);
        ASSERT_TRUE(group) << solver;
        EXPECT_LE(cost::predicted_bytes(16384, 16384, solver), memory);
        EXPECT_LE(group->grid_rows, group->grid_cols);
        EXPECT_LE(group->grid_cols, 2 * group->grid_rows);
        cost::GroupSolver half = *group;
        (half.grid_cols > half.grid_rows ? half.grid_cols : half.grid_rows) /= 2;
        EXPECT_TRUE(half.ranks() == 1 || cost::predicted_bytes(16384, 16384, half.text()) > memory) << solver;
    }
    EXPECT_LT(cost::ranks_of_solver(choose_solver(16384, 16384, 1e-4, 2 * gibibyte)),
              cost::ranks_of_solver(choose_solver(16384, 16384, 1e-4, gibibyte / 2)));
}

TEST(ChooseSolver, SaysWhatWouldDoWhenNoGroupFits)
{
    try {
        choose_solver(100000, 100000, 1e-4, gibibyte / 8);
        ADD_FAILURE() << "accepted";
    } catch (const UsageError& error) {
        EXPECT_NE(std::string(error.what()).find("--memory-per-rank"), std::string::npos);
    }
}

}  // namespace
}  // namespace specsweep::sweep
