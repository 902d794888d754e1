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

TEST(PredictedBytes, CountUnitsThatWaitAsFarAsMemoryReaches)
{
    const char* const solver = "gram-band:grid=2x2,nb=64";
    const std::int64_t alone = predicted_bytes(9000, 8000, solver), each = pending_bytes(9000, 8000);
    EXPECT_GE(each, 8 * 49 * 8000);
    EXPECT_EQ(each, pending_bytes(8000, 9000));
    const auto with = [&](std::int64_t bytes) { return predicted_bytes_together(9000, 8000, solver, bytes); };
    EXPECT_EQ(with(0), alone);
    EXPECT_EQ(with(alone), alone);
    EXPECT_EQ(with(alone + each - 1), alone);
    EXPECT_EQ(with(alone + each), alone + each);
    EXPECT_EQ(with(alone + 100 * each), alone + 3 * each);  // a band for each of four ranks
}

TEST(MostPendingUnits, AreNoMoreThanRanksThatCanChaseABand)
{
    EXPECT_EQ(most_pending_units("gram-two-stage"), 1);
    EXPECT_EQ(most_pending_units("gram-band:grid=1x2,nb=32"), 2);
    EXPECT_EQ(most_pending_units("gram-band:grid=8x8,nb=64"), 16);
    EXPECT_EQ(most_pending_units("pdgesvd:grid=2x2,nb=64"), 1);
}

}  // namespace
}  // namespace specsweep::cost
