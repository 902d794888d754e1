#include "metrics/energy_profile.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "metrics/counter_random.hpp"
#include "metrics/effective_rank.hpp"
#include "metrics/error_norm.hpp"
#include "metrics/log_norms.hpp"
#include "metrics/marchenko_pastur.hpp"
#include "metrics/second_order.hpp"
#include "metrics/tail_exponent.hpp"

namespace specsweep::metrics {
namespace {

TEST(EnergyRanks, OfAFlatSpectrumAreShares)
{
    const std::vector<double> flat(200, 3.0);
    const EnergyRanks ranks = energy_ranks(flat);
    EXPECT_EQ(ranks.r50, 100);
    EXPECT_EQ(ranks.r90, 180);
    EXPECT_EQ(ranks.r99, 198);
    const EnergyRanks one = energy_ranks(std::vector<double>{5, 1e-9, 0});
    EXPECT_EQ(one.r99, 1);
}

TEST(EnergyShift, IsPositiveWhenEnergyMovesToTheTail)
{
    const std::vector<double> before{2, 1};
    const std::vector<double> after{2, 2};
    const EnergyShift shift = energy_shift(before, after);
    EXPECT_NEAR(shift.largest_drop, 0.8 - 0.5, 1e-15);
    EXPECT_NEAR(shift.area, (0.8 - 0.5) / 2, 1e-15);
    EXPECT_EQ(energy_shift(before, before).area, 0);
    EXPECT_LT(energy_shift(after, before).area, 0);
    EXPECT_EQ(energy_shift(after, before).largest_drop, 0);
}

TEST(ErrorRanks, ByHand)
{
    const std::vector<double> sigma{4, 3, 2, 1};
    const ErrorRanks ranks = error_ranks(sigma, 2.5, 5.5);
    EXPECT_EQ(ranks.above_norm, 2);
    EXPECT_EQ(ranks.equal_energy, 2);  // 2² + 1² = 5 ≤ 5.5 < 14
    EXPECT_EQ(ranks.sigma_after, 2);
    EXPECT_EQ(error_ranks(sigma, 0, 0).equal_energy, 4);
    EXPECT_EQ(error_ranks(sigma, 0, 0).sigma_after, 0);
}

/// Order of the ranks (metrics.md §2.4): Sr ≤ PR ≤ exp H(q) ≤ exp H(p) ≤ rank.
TEST(EffectiveRanks, StandInTheOrderOfTheirRenyiOrders)
{
    for (const double exponent : {0.1, 0.5, 1.0, 2.0}) {
        std::vector<double> sigma;
        for (int k = 1; k <= 300; ++k)
            sigma.push_back(std::pow(k, -exponent));
        const EffectiveRanks ranks = effective_ranks(sigma);
        double energy = 0;
        for (const double s : sigma)
            energy += s * s;
        EXPECT_LE(energy, ranks.pr_energy);
        EXPECT_LE(ranks.pr_energy, ranks.erank_energy);
        EXPECT_LE(ranks.erank_energy, ranks.erank_sv);
        EXPECT_LE(ranks.erank_sv, 300 * (1 + 1e-12));
        EXPECT_GT(ranks.rankme, ranks.erank_sv);  // 1e-7 added to every p, not renormalized
        EXPECT_NEAR(ranks.rankme, ranks.erank_sv, 1e-3 * ranks.erank_sv);
    }
}

/// A seeded Gaussian matrix would need an SVD; the quarter circle's quantiles are the spectrum of a large square one:
/// its edge is 2τ√n, and no value lies above it.
TEST(MarchenkoPastur, FindsTheNoiseOfAQuarterCircleAndTheSpikesAboveIt)
{
    constexpr int n = 2000;
    constexpr double tau = 0.03;
    const double radius = 2 * tau * std::sqrt(n);
    std::vector<double> sigma;
    for (int i = n; i-- > 0;) {  // F(x) = 2(x√(1−x²) + asin x)/π on [0, 1]
        const double share = (i + 0.5) / n;
        double low = 0;
        double high = 1;
        for (int step = 0; step < 60; ++step) {
            const double x = (low + high) / 2;
            (2 * (x * std::sqrt(1 - x * x) + std::asin(x)) / 3.14159265358979 < share ? low : high) = x;
        }
        sigma.push_back(radius * low);
    }
    MarchenkoPastur found = marchenko_pastur(sigma, n, n);
    EXPECT_NEAR(found.noise, tau, 0.005 * tau);  // ω(β) is an approximation, good to half a per cent
    EXPECT_NEAR(found.edge_high, radius, 0.005 * radius);
    EXPECT_EQ(found.edge_low, 0);
    EXPECT_EQ(found.spikes, 0);
    sigma.insert(sigma.begin(), {3 * radius, 2 * radius, 1.2 * radius});
    found = marchenko_pastur(sigma, n, n);
    EXPECT_EQ(found.spikes, 3);
}

TEST(SecondOrder, PredictsAnIsolatedSpikeInWhiteNoise)
{
    EXPECT_NEAR(second_order_sigma(10, 0.1, 300, 200), std::sqrt(100 + 0.01 * 500 + 1e-4 * 60000 / 100), 1e-12);
    const std::vector<double> sigma{10, 8, 0.1};
    std::vector<double> moved;
    for (const double s : sigma)
        moved.push_back(second_order_sigma(s, 0.1, 300, 200));
    const auto fit = second_order_fit(sigma, moved, 0.1, 300, 200);
    ASSERT_TRUE(fit);
    EXPECT_EQ(fit->used, 2);
    EXPECT_NEAR(fit->median_ratio, 1, 1e-12);
    EXPECT_FALSE(second_order_fit(sigma, moved, 0, 300, 200));
    EXPECT_FALSE(second_order_fit(std::vector<double>{0.1}, std::vector<double>{1}, 0.1, 300, 200));
}

TEST(HillAlpha, OfExactQuantilesIsTheExponent)
{
    std::vector<double> x;
    constexpr int n = 100000;
    for (int i = 0; i < n; ++i)
        x.push_back(std::pow(1 - (i + 0.5) / n, -1 / 1.5));
    EXPECT_NEAR(*hill_alpha(x, n / 2), 2.5, 1e-3);
    EXPECT_NEAR(*hill_alpha_mid(x), 2.5, 1e-3);
    EXPECT_NEAR(*hill_alpha_tenth(x), 2.5, 1e-3);
    EXPECT_FALSE(hill_alpha(x, n));
    EXPECT_FALSE(hill_alpha(std::vector<double>(20, 1.0), 5));
}

/// The published lower end compares a logarithm with a value, so it takes nothing out here: the best tail from below
/// 1.5 times the mode.
TEST(PowerLawAtPeak, TakesTheBestStartNearTheMode)
{
    const CounterRandom random(9, 0);
    std::vector<double> x;
    for (std::size_t i = 0; i < 500; ++i)
        x.push_back(std::exp(random.normal(i)));
    std::sort(x.begin(), x.end());
    const auto fit = fit_power_law_at_peak(x);
    ASSERT_TRUE(fit);
    EXPECT_LT(fit->xmin, 4);
    Candidates limited;
    limited.xmin_high = fit->xmin;
    EXPECT_LE(fit->d, fit_power_law(x, KsConvention::index_ecdf, limited)->d);
}

TEST(Log10PowerSum, DoesNotOverflow)
{
    const std::vector<double> x{1, 10, 100};
    EXPECT_NEAR(log10_power_sum(x, 2), std::log10(1 + 100 + 10000), 1e-12);
    EXPECT_NEAR(log10_power_sum(std::vector<double>{1e300, 1e300}, 50), 15000 + std::log10(2), 1e-9);
}

TEST(ErrorNormBounds, TakeTheBestOfWhatIsKnown)
{
    const std::vector<double> before{4, 3};
    const std::vector<double> after{4, 0};
    const std::vector<double> exact{0, 0};
    const SpectrumView reference{before, exact, 25, 2, 2};
    const SpectrumView quantized{after, exact, 16, 2, 2};
    ErrorMoments moments{};
    moments.error_frobenius_squared = 25;
    moments.error_max = 1;
    EXPECT_NEAR(error_norm_bounds(reference, quantized, moments).upper, 5, 1e-12);
    EXPECT_NEAR(error_norm_bounds(reference, quantized, moments).lower, 5 / std::sqrt(2.0), 1e-12);
    moments.column_sum_max = 4;
    moments.row_sum_max = 4;
    moments.spectral_low = 3.75;
    EXPECT_NEAR(error_norm_bounds(reference, quantized, moments).upper, 4, 1e-12);
    EXPECT_NEAR(error_norm_bounds(reference, quantized, moments).lower, 3.75, 1e-12);
}

}  // namespace
}  // namespace specsweep::metrics
