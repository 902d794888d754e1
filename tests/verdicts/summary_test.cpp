#include "verdicts/summary.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace specsweep::verdicts {
namespace {

TEST(Bound, DistinguishesTightViolatedAndVacuous)
{
    EXPECT_EQ(bound(1, 2).verdict, Verdict::holds);
    EXPECT_EQ(bound(2, 2).verdict, Verdict::holds);
    EXPECT_EQ(bound(2.1, 2).verdict, Verdict::violated);
    EXPECT_EQ(bound(1, 1000).verdict, Verdict::holds);
    EXPECT_EQ(bound(1, 1001).verdict, Verdict::vacuous);
    EXPECT_EQ(bound(0, 1e-300).verdict, Verdict::vacuous);
    EXPECT_EQ(bound(0, 0).verdict, Verdict::holds);
    EXPECT_EQ(bound(std::numeric_limits<double>::quiet_NaN(), 1).verdict, Verdict::not_testable);
}

TEST(Summary, OneViolationViolates)
{
    Summary summary;
    EXPECT_EQ(summary.verdict(), Verdict::not_testable);
    summary.add(not_testable("why"));
    EXPECT_EQ(summary.verdict(), Verdict::not_testable);
    summary.add(bound(1, 5000));
    EXPECT_EQ(summary.verdict(), Verdict::vacuous);
    summary.add(bound(1, 2));
    EXPECT_EQ(summary.verdict(), Verdict::holds);
    summary.add(bound(3, 2));
    EXPECT_EQ(summary.verdict(), Verdict::violated);
    EXPECT_EQ(summary.satisfied(), 2);
    EXPECT_EQ(summary.tested(), 3);
    EXPECT_THAT(summary.note(), testing::StartsWith("holds 1, violated 1, vacuous 1, not testable 1; left/right"));
    EXPECT_THAT(summary.note(), testing::HasSubstr("median 0.5"));
}

TEST(SignTest, IsTheBinomialDistribution)
{
    EXPECT_NEAR(sign_test(5, 5), 1, 1e-12);
    EXPECT_NEAR(sign_test(10, 0), 2.0 / 1024, 1e-15);
    EXPECT_NEAR(sign_test(9, 1), 2 * 11.0 / 1024, 1e-15);
    EXPECT_NEAR(sign_test(1, 9), sign_test(9, 1), 1e-18);
}

}  // namespace
}  // namespace specsweep::verdicts
