#include "metrics/zipf_exponent.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace specsweep::metrics {
namespace {

std::vector<double> power_law(std::size_t tokens, double a)
{
    std::vector<double> p;
    for (std::size_t k = 1; k <= tokens; ++k)
        p.push_back(std::pow(static_cast<double>(k), -a));
    std::shuffle(p.begin(), p.end(), std::mt19937(1));
    return p;
}

TEST(ZipfExponent, OfAPowerLawIsItsOwnInAnyOrder)
{
    for (const double a : {0.5, 1.0, 1.7})
        EXPECT_NEAR(zipf_exponent(power_law(500, a), 500).value(), a, 1e-12);
}

TEST(ZipfExponent, LooksAtTheFirstRanksOnly)
{
    std::vector<double> p;
    for (int k = 1; k <= 200; ++k)
        p.push_back(k <= 100 ? 1.0 / k : 1e-6 / k);
    EXPECT_NEAR(zipf_exponent(p, 100).value(), 1.0, 1e-12);
    EXPECT_GT(zipf_exponent(p, 200).value(), 2.0);
}

TEST(ZipfExponent, TokensThatDoNotOccurHaveNoRank)
{
    std::vector<double> p = power_law(50, 1.2);
    p.insert(p.begin() + 20, 30, 0.0);
    EXPECT_NEAR(zipf_exponent(p, 80).value(), 1.2, 1e-12);
}

TEST(ZipfExponent, IsNothingForTwoTokens)
{
    EXPECT_FALSE(zipf_exponent(std::vector<double>{0.7, 0.3, 0.0}, 3));
    EXPECT_FALSE(zipf_exponent({}, 3));
}

}  // namespace
}  // namespace specsweep::metrics
