#include "metrics/single.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "base/error.hpp"

namespace specsweep::metrics {
namespace {

double energy(const std::vector<double>& sigma)
{
    double sum = 0;
    for (const double s : sigma)
        sum += s * s;
    return sum;
}

SpectrumView view(const std::vector<double>& sigma, const std::vector<double>& error, std::int64_t rows,
                  std::int64_t cols)
{
    return {sigma, error, energy(sigma), rows, cols};
}

const std::vector<double> flat(64, 0.5);
const std::vector<double> exact(64, 0.0);

TEST(SingleMetrics, OfAFlatSpectrumAreTheNumberOfValues)
{
    const SingleMetrics metrics = single_metrics(view(flat, exact, 64, 200), {1e-4});
    EXPECT_DOUBLE_EQ(*metrics.stable_rank, 64);
    EXPECT_NEAR(*metrics.erank_sv, 64, 64 * 1e-13);
    EXPECT_NEAR(*metrics.erank_energy, 64, 64 * 1e-13);
    EXPECT_DOUBLE_EQ(*metrics.pr_energy, 64);
    EXPECT_EQ(*metrics.numerical_rank, 64);
    EXPECT_EQ(*metrics.condition_number, 1);
    EXPECT_EQ(*metrics.unresolved_count, 0);
}

TEST(SingleMetrics, OfTwoValuesAgreeWithTheFormulasByHand)
{
    const std::vector<double> sigma{3, 1};
    const std::vector<double> error{0, 0};
    const SingleMetrics metrics = single_metrics(view(sigma, error, 2, 2), {1e-4});
    EXPECT_DOUBLE_EQ(*metrics.frobenius_squared, 10);
    EXPECT_DOUBLE_EQ(*metrics.stable_rank, 10.0 / 9.0);
    EXPECT_DOUBLE_EQ(*metrics.condition_number, 3);
    EXPECT_DOUBLE_EQ(*metrics.pr_energy, 100.0 / 82.0);
    // p = 3/4, 1/4: exp(H) = 4 / 3^(3/4);  q = 9/10, 1/10: exp(H) = 10 / 9^(9/10)
    EXPECT_NEAR(*metrics.erank_sv, 4 / std::pow(3.0, 0.75), 1e-14);
    EXPECT_NEAR(*metrics.erank_energy, 10 / std::pow(9.0, 0.9), 1e-14);
}

TEST(SingleMetrics, EffectiveRanksAreOrdered)
{
    std::mt19937_64 random(7);
    std::uniform_real_distribution<double> exponent(0.05, 3.0);
    for (int trial = 0; trial < 50; ++trial) {
        const double a = exponent(random);
        std::vector<double> sigma;
        for (int k = 1; k <= 100; ++k)
            sigma.push_back(std::pow(k, -a));
        const std::vector<double> error(sigma.size(), 0.0);
        const SingleMetrics metrics = single_metrics(view(sigma, error, 100, 100), {1e-4});
        EXPECT_LT(*metrics.stable_rank, *metrics.pr_energy);
        EXPECT_LT(*metrics.pr_energy, *metrics.erank_energy);
        EXPECT_LT(*metrics.erank_energy, *metrics.erank_sv);
        EXPECT_LT(*metrics.erank_sv, *metrics.numerical_rank);
    }
}

TEST(SingleMetrics, RatiosDoNotChangeUnderScalingByPowersOfTwo)
{
    const std::vector<double> sigma{5.5, 2.25, 1.125, 0.7};
    const std::vector<double> error{1e-14, 1e-14, 1e-14, 1e-14};
    const SingleMetrics before = single_metrics(view(sigma, error, 4, 9), {1e-4});
    std::vector<double> scaled_sigma, scaled_error;
    for (std::size_t k = 0; k < sigma.size(); ++k) {
        scaled_sigma.push_back(std::ldexp(sigma[k], 40));
        scaled_error.push_back(std::ldexp(error[k], 40));
    }
    const SingleMetrics after = single_metrics(view(scaled_sigma, scaled_error, 4, 9), {1e-4});
    EXPECT_EQ(*before.stable_rank, *after.stable_rank);
    EXPECT_EQ(*before.condition_number, *after.condition_number);
    EXPECT_EQ(*before.condition_number_lower, *after.condition_number_lower);
    EXPECT_EQ(*before.erank_sv, *after.erank_sv);
    EXPECT_EQ(*before.erank_energy, *after.erank_energy);
    EXPECT_EQ(*before.pr_energy, *after.pr_energy);
    EXPECT_EQ(*before.numerical_rank, *after.numerical_rank);
}

TEST(SingleMetrics, OfAZeroMatrixSayWhyTheyAreNotDefined)
{
    const std::vector<double> zero(5, 0.0);
    const SingleMetrics metrics = single_metrics(view(zero, zero, 5, 8), {1e-4});
    EXPECT_EQ(*metrics.sigma_max, 0);
    EXPECT_EQ(*metrics.numerical_rank, 0);
    EXPECT_EQ(*metrics.numerical_rank_high, 0);
    EXPECT_EQ(metrics.stable_rank.reason(), "zero-matrix");
    EXPECT_EQ(metrics.condition_number.reason(), "zero-matrix");
    EXPECT_EQ(metrics.erank_sv.reason(), "zero-matrix");
    EXPECT_EQ(metrics.pr_energy.reason(), "zero-matrix");
    EXPECT_EQ(metrics.spectral_slope.reason(), "zero-matrix");
}

TEST(SingleMetrics, OfAnEmptyMatrixAreThoseOfAZeroMatrix)
{
    const SingleMetrics metrics = single_metrics({{}, {}, 0.0, 0, 7}, {1e-4});
    EXPECT_EQ(metrics.stable_rank.reason(), "zero-matrix");
    EXPECT_EQ(*metrics.numerical_rank, 0);
}

TEST(SingleMetrics, RefuseBoundsOfAnotherLength)
{
    const std::vector<double> sigma{1, 0.5};
    const std::vector<double> error{0};
    EXPECT_THROW(single_metrics(view(sigma, error, 2, 2), {1e-4}), InternalError);
}

TEST(ConditionNumber, OfAnUnresolvedTailIsOnlyBoundedFromBelow)
{
    const std::vector<double> sigma{4, 1e-13};
    const std::vector<double> error{0, 3e-13};
    const SingleMetrics metrics = single_metrics(view(sigma, error, 2, 2), {1e-4});
    EXPECT_EQ(metrics.condition_number.reason(), "smallest-value-unresolved");
    EXPECT_NEAR(*metrics.condition_number_lower, 1e13, 1);
    EXPECT_EQ(*metrics.unresolved_count, 1);
}

TEST(ConditionNumber, ItsLowerBoundHoldsForEveryMatrixInsideTheBounds)
{
    const std::vector<double> sigma{2, 1e-3};
    const std::vector<double> error{0.25, 5e-4};
    const SingleMetrics metrics = single_metrics(view(sigma, error, 2, 2), {1e-4});
    for (const double head : {1.75, 2.0, 2.25})
        for (const double tail : {5e-4, 1e-3, 1.5e-3})
            EXPECT_LE(*metrics.condition_number_lower, head / tail * (1 + 1e-15));
}

TEST(ConditionNumber, ToleranceDecides)
{
    const std::vector<double> sigma{1, 1e-6};
    const std::vector<double> error{0, 1e-10};
    EXPECT_TRUE(single_metrics(view(sigma, error, 2, 2), {1e-4}).condition_number);
    EXPECT_FALSE(single_metrics(view(sigma, error, 2, 2), {0.9e-4}).condition_number);
}

TEST(NumericalRank, IsAnIntervalWhereBoundsStraddleTheThreshold)
{
    // threshold 100 · 2^-52 · 1 = 2.2e-14
    const std::vector<double> sigma{1, 1e-3, 3e-14, 1e-14, 1e-17};
    const std::vector<double> error{0, 0, 1e-14, 2e-14, 1e-16};
    const SingleMetrics metrics = single_metrics(view(sigma, error, 5, 100), {1e-4});
    EXPECT_EQ(*metrics.numerical_rank_low, 2);
    EXPECT_EQ(*metrics.numerical_rank, 3);
    EXPECT_EQ(*metrics.numerical_rank_high, 4);
}

TEST(Value, IsNeverNaN)
{
    const Value value = std::nan("");
    EXPECT_FALSE(value);
    EXPECT_EQ(value.reason(), "out-of-range");
    EXPECT_TRUE(Value(INFINITY));
}

}  // namespace
}  // namespace specsweep::metrics
