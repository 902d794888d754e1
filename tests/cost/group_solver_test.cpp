#include "cost/group_solver.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "cost/cost_model.hpp"

namespace specsweep::cost {
namespace {

TEST(GroupSolver, ReadsWhatItWrites)
{
    const GroupSolver solver{"gram-scalapack", 2, 4, 64};
    EXPECT_EQ(solver.text(), "gram-scalapack:grid=2x4,nb=64");
    EXPECT_EQ(parse_group_solver(solver.text()), solver);
    EXPECT_EQ(ranks_of_solver(solver.text()), 8);
    EXPECT_EQ(method_of_solver(solver.text()), "gram-scalapack");
    EXPECT_EQ(ranks_of_solver("gram-two-stage"), 1);
    EXPECT_EQ(method_of_solver("gram-two-stage"), "gram-two-stage");
}

TEST(GroupSolver, RefusesWhatIsNone)
{
    for (const char* text : {"x:", "x:grid=2", "x:grid=2x2", "x:grid=0x2,nb=64", "x:grid=2x2,nb=64,",
                             "x:grid=2x2,nb=-1", "x:grid=99999999999x2,nb=64"})
        EXPECT_THROW(parse_group_solver(text), UsageError) << text;
}

TEST(PredictedBytes, OfAGroupShrinkWithItsRanks)
{
    const std::int64_t alone = predicted_bytes(16384, 16384, "gram-two-stage");
    const std::int64_t four = predicted_bytes(16384, 16384, "gram-scalapack:grid=2x2,nb=64");
    const std::int64_t sixteen = predicted_bytes(16384, 16384, "gram-scalapack:grid=4x4,nb=64");
    EXPECT_LT(four, alone);
    EXPECT_LT(sixteen, four / 2);
    EXPECT_GT(four, std::int64_t{16} * 16384 * 16384 / 4);
}

}  // namespace
}  // namespace specsweep::cost
