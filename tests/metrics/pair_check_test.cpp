#include "metrics/pair_check.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "base/error.hpp"

namespace specsweep::metrics {
namespace {

const std::vector<double> none2{0, 0};

TEST(PairCheck, HoldsWithEqualityWhereOneValueMoves)
{
    const std::vector<double> before{3, 1}, after{3, 0.9};
    const PairCheck check = check_pair(after, none2, before, none2, std::abs(0.9 - 1));
    EXPECT_TRUE(check.weyl_holds);
    EXPECT_TRUE(check.mirsky_holds);
    EXPECT_NEAR(check.weyl_slack(), 0, 1e-15);
}

TEST(PairCheck, FindsAValueThatMovedFurtherThanTheError)
{
    const std::vector<double> before{3, 1}, after{3, 0.9};
    const PairCheck check = check_pair(after, none2, before, none2, 0.0999);
    EXPECT_FALSE(check.weyl_holds);
    EXPECT_FALSE(check.mirsky_holds);
    EXPECT_FALSE(check.holds());
}

TEST(PairCheck, MirskyIsTheStrongerOfTheTwo)
{
    const std::vector<double> before{3, 1}, after{3.5, 1.5};  // both move by 0.5: sum 0.5
    const PairCheck check = check_pair(after, none2, before, none2, 0.6);
    EXPECT_TRUE(check.weyl_holds);
    EXPECT_FALSE(check.mirsky_holds);
}

TEST(PairCheck, UsesTheBoundsOfBothSpectraAsSlack)
{
    const std::vector<double> before{3, 1}, after{3, 0.9};
    const std::vector<double> coarse{0, 0.06}, coarser{0, 0.041};
    EXPECT_TRUE(check_pair(after, coarse, before, coarser, 0.0).holds());
    EXPECT_FALSE(check_pair(after, coarse, before, none2, 0.0).holds());
    EXPECT_TRUE(check_pair(after, none2, before, none2, 0.05, 0.051).holds());
}

TEST(PairCheck, AnExactQuantizerMovesNothing)
{
    const std::vector<double> sigma{3, 1};
    EXPECT_TRUE(check_pair(sigma, none2, sigma, none2, 0.0).holds());
}

TEST(PairCheck, HoldsForDiagonalMatricesWhateverTheError)
{
    std::mt19937_64 random(11);
    std::normal_distribution<double> normal;
    for (int trial = 0; trial < 200; ++trial) {
        std::vector<double> before(40), after(40);
        double squares = 0;
        for (std::size_t k = 0; k < before.size(); ++k) {
            before[k] = std::abs(normal(random));
            const double value = std::abs(before[k] + 0.3 * normal(random));
            squares += (value - before[k]) * (value - before[k]);
            after[k] = value;
        }
        std::sort(before.rbegin(), before.rend());
        std::sort(after.rbegin(), after.rend());
        const std::vector<double> exact(before.size(), 0.0);
        EXPECT_TRUE(check_pair(after, exact, before, exact, std::sqrt(squares)).holds());
    }
}

TEST(PairCheck, RefusesSpectraOfTwoLengths)
{
    const std::vector<double> one{1}, two{1, 0.5};
    EXPECT_THROW(check_pair(two, none2, one, none2, 1.0), InternalError);
}

}  // namespace
}  // namespace specsweep::metrics
