#include "metrics/epsilon_regression.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "metrics/counter_random.hpp"
#include "metrics/error_norm.hpp"
#include "metrics/permutations.hpp"
#include "metrics/rank_correlation.hpp"
#include "metrics/spectral_slope.hpp"

namespace specsweep::metrics {
namespace {

std::vector<double> power_law_spectrum(std::size_t n, double exponent)
{
    std::vector<double> sigma;
    for (std::size_t k = 1; k <= n; ++k)
        sigma.push_back(std::pow(static_cast<double>(k), exponent));
    return sigma;
}

TEST(EpsilonRegression, OfAConstantChangeIsTheLineOfWeylsBound)
{
    const std::vector<double> sigma = power_law_spectrum(300, -0.5);
    const std::vector<double> change(300, 0.01);
    const auto fit = epsilon_regression(sigma, change, 0);
    ASSERT_TRUE(fit);
    EXPECT_NEAR(fit->slope, 0.01, 1e-14);
    EXPECT_NEAR(fit->intercept, 0, 1e-13);
    EXPECT_NEAR(fit->r2, 1, 1e-12);
    EXPECT_NEAR(fit->null_median, 1, 1e-12);  // a permutation of equal changes is no change
    EXPECT_NEAR(fit->log_slope, -1, 1e-12);
    EXPECT_NEAR(fit->spearman, 1, 1e-12);
    EXPECT_EQ(fit->used, 300);
}

TEST(EpsilonRegression, OfASecondOrderChangeHasLogSlopeMinusTwo)
{
    const std::vector<double> sigma = power_law_spectrum(300, -0.5);
    std::vector<double> change;
    for (const double s : sigma)
        change.push_back(1e-3 / s);
    EXPECT_NEAR(epsilon_regression(sigma, change, 0)->log_slope, -2, 1e-12);
}

/// Changes that know nothing of σ still give a large R² through the shared denominator: the null must show it, and the
/// regression must not exceed it more often than a 95 % quantile allows.
TEST(EpsilonRegression, SpuriousCorrelationStaysWithinItsNull)
{
    const std::vector<double> sigma = power_law_spectrum(200, -1.0);
    int beyond = 0;
    double null_of_last = 0;
    constexpr int trials = 200;
    for (std::uint64_t trial = 0; trial < trials; ++trial) {
        const CounterRandom random(11, trial);
        std::vector<double> change;
        for (std::size_t k = 0; k < sigma.size(); ++k)
            change.push_back(1e-4 * (0.5 + random.uniform(k)));
        const auto fit = epsilon_regression(sigma, change, 3);
        beyond += fit->r2 > fit->null_95;
        null_of_last = fit->null_median;
    }
    EXPECT_GT(null_of_last, 0.7);
    // 5 % of 200 = 10; the binomial distribution exceeds 25 with probability below 1e-5.
    EXPECT_LE(beyond, 25);
}

TEST(EpsilonRegression, IsAFunctionOfTheSeed)
{
    const std::vector<double> sigma = power_law_spectrum(50, -0.7);
    std::vector<double> change;
    for (std::size_t k = 0; k < sigma.size(); ++k)
        change.push_back(0.01 * static_cast<double>(1 + k * 7 % 11));
    const auto one = epsilon_regression(sigma, change, 1);
    const auto again = epsilon_regression(sigma, change, 1);
    const auto other = epsilon_regression(sigma, change, 2);
    EXPECT_EQ(one->null_median, again->null_median);
    EXPECT_EQ(one->r2, other->r2);
    EXPECT_NE(one->null_median, other->null_median);
}

TEST(EpsilonRegression, IsNotDefinedOnFewEqualOrUnmovedValues)
{
    EXPECT_FALSE(epsilon_regression(std::vector<double>(9, 1.0), std::vector<double>(9, 0.1), 0));
    EXPECT_FALSE(epsilon_regression(std::vector<double>(20, 1.0), std::vector<double>(20, 0.1), 0));
    EXPECT_FALSE(epsilon_regression(power_law_spectrum(20, -1), std::vector<double>(20, 0.0), 0));
}

TEST(Permutations, ArePermutationsAndDiffer)
{
    const Permutations permutations(5, 100, 20);
    for (std::size_t p = 0; p < permutations.count(); ++p) {
        std::vector<bool> seen(100, false);
        for (const std::uint32_t i : permutations[p]) {
            ASSERT_LT(i, 100U);
            seen[i] = true;
        }
        EXPECT_EQ(std::count(seen.begin(), seen.end(), true), 100);
    }
    EXPECT_FALSE(std::equal(permutations[0].begin(), permutations[0].end(), permutations[1].begin()));
}

/// Every value lands on every place equally often: χ² with 81 degrees of freedom exceeds 140 with p < 1e-4.
TEST(Permutations, FavourNoPlace)
{
    constexpr std::size_t n = 10;
    constexpr std::size_t count = 5000;
    const Permutations permutations(1, n, count);
    std::vector<double> hits(n * n, 0);
    for (std::size_t p = 0; p < count; ++p)
        for (std::size_t i = 0; i < n; ++i)
            ++hits[i * n + permutations[p][i]];
    double chi = 0;
    for (const double h : hits)
        chi += (h - count / n) * (h - count / n) / (count / n);
    EXPECT_LT(chi, 140);
}

TEST(Spearman, OfMonotoneDataIsOneAndOfReversedMinusOne)
{
    const std::vector<double> a{1, 4, 9, 16};
    const std::vector<double> reversed{3, 2, 1, 0};
    EXPECT_NEAR(spearman(a, std::vector<double>{0, 1, 2, 30}), 1, 1e-15);
    EXPECT_NEAR(spearman(a, reversed), -1, 1e-15);
    EXPECT_EQ(spearman(a, std::vector<double>(4, 2.0)), 0);
}

TEST(MidRanks, ShareTheMeanAmongTies)
{
    EXPECT_EQ(mid_ranks(std::vector<double>{5, 1, 5, 2}), (std::vector<double>{3.5, 1, 3.5, 2}));
}

TEST(SpectralSlope, OfAPowerLawIsItsExponentWhateverTheWeights)
{
    const std::vector<double> sigma = power_law_spectrum(400, -0.6);
    for (const RankWeights weights : {RankWeights::equal, RankWeights::reciprocal}) {
        const auto fit = spectral_slope(sigma, 11, 100, weights);
        ASSERT_TRUE(fit);
        EXPECT_NEAR(fit->slope, -1.2, 1e-12);
        EXPECT_NEAR(fit->r2, 1, 1e-12);
        EXPECT_NEAR(fit->slope_error, 0, 1e-10);
        EXPECT_EQ(fit->first, 11);
        EXPECT_EQ(fit->last, 100);
    }
    EXPECT_FALSE(spectral_slope(sigma, 399, 500, RankWeights::equal));
}

}  // namespace
}  // namespace specsweep::metrics
