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
    EXPECT_EQ(choose_solver(4096, 14336, {.memory_per_rank = 4 * gibibyte}), "gram-two-stage");
    EXPECT_EQ(choose_solver(151936, 8192, {.memory_per_rank = 4 * gibibyte}), "gram-two-stage");
    EXPECT_EQ(choose_solver(4096, 4096, {.memory_per_rank = 4 * gibibyte, .metrics = "fast"}), "lanczos");
}

TEST(ChooseSolver, TakesTheSmallestGroupThatFits)
{
    for (const std::int64_t memory : {gibibyte / 2, gibibyte, 2 * gibibyte}) {
        const std::string solver = choose_solver(16384, 16384, {.memory_per_rank = memory});
        const auto group = cost::parse_group_solver(solver);
        ASSERT_TRUE(group) << solver;
        EXPECT_LE(cost::predicted_bytes(16384, 16384, solver), memory);
        EXPECT_LE(group->grid_rows, group->grid_cols);
        EXPECT_LE(group->grid_cols, 2 * group->grid_rows);
        cost::GroupSolver half = *group;
        (half.grid_cols > half.grid_rows ? half.grid_cols : half.grid_rows) /= 2;
        EXPECT_TRUE(half.ranks() == 1 || cost::predicted_bytes(16384, 16384, half.text()) > memory) << solver;
    }
    EXPECT_LT(cost::ranks_of_solver(choose_solver(16384, 16384, {.memory_per_rank = 2 * gibibyte})),
              cost::ranks_of_solver(choose_solver(16384, 16384, {.memory_per_rank = gibibyte / 2})));
}

TEST(ChooseSolver, CountsWhatTheMetricsAndTheCertificateNeed)
{
    const SolverNeeds plain{.memory_per_rank = 4 * gibibyte};
    const SolverNeeds certain{.memory_per_rank = 4 * gibibyte, .certificate = "worst-case"};
    EXPECT_EQ(choose_solver(12288, 12288, plain), "gram-two-stage");
    EXPECT_NE(choose_solver(12288, 12288, certain), "gram-two-stage");
    EXPECT_EQ(choose_solver(4096, 14336, certain), "gram-two-stage");
    const auto square = std::int64_t{4096} * 4096 * 8;
    for (const char* solver : {"gram-two-stage", "qr-lapack"})  // W and its singular vectors
        EXPECT_GE(predicted_rank_bytes(4096, 4096, solver, certain),
                  predicted_rank_bytes(4096, 4096, solver, plain) + 10 * square);
    EXPECT_GE(predicted_rank_bytes(151936, 896, "gram-two-stage", certain),
              predicted_rank_bytes(151936, 896, "gram-two-stage", plain) + std::int64_t{5} * 896 * 896 * 8);
    EXPECT_EQ(predicted_rank_bytes(4096, 4096, "lanczos", certain), predicted_rank_bytes(4096, 4096, "lanczos", plain));
}

TEST(ChooseSolver, SaysWhatWouldDoWhenNoGroupFits)
{
    try {
        choose_solver(100000, 100000, {.memory_per_rank = gibibyte / 8});
        ADD_FAILURE() << "accepted";
    } catch (const UsageError& error) {
        EXPECT_NE(std::string(error.what()).find("--memory-per-rank"), std::string::npos);
    }
}

}  // namespace
}  // namespace specsweep::sweep
