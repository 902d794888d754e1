#include "metrics/likelihood_ratio.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "metrics/bootstrap.hpp"
#include "metrics/counter_random.hpp"
#include "metrics/truncated_normal.hpp"
#include "metrics/truncated_power_law.hpp"

namespace specsweep::metrics {
namespace {

template <class Draw>
std::vector<double> sample(std::size_t n, Draw draw)
{
    std::vector<double> x;
    for (std::size_t i = 0; i < n; ++i)
        x.push_back(draw(i));
    std::sort(x.begin(), x.end());
    return x;
}

PowerLawFit fit_all(const std::vector<double>& x)
{
    return *fit_power_law_from(x, x.front());
}

TEST(TruncatedNormal, ReturnsTheLawItsMomentsCameFrom)
{
    // Moments by quadrature of exp(−(y−μ)²/2s²) on y ≥ 0.
    const double laws[][2] = {{1.0, 0.5}, {0.2, 1.0}, {-3, 1.5}, {-20, 2}, {5, 0.3}};
    for (const auto& law : laws) {
        double mass = 0;
        double first = 0;
        double second = 0;
        const double end = std::max(0.0, law[0]) + 12 * law[1];
        const int intervals = 200000;
        for (int i = 0; i <= intervals; ++i) {
            const double y = end * i / intervals;
            const double w =
                (i == 0 || i == intervals ? 1
                 : i % 2 == 1             ? 4
                                          : 2) *
                std::exp(-((y - law[0]) * (y - law[0]) - std::min(0.0, law[0]) * law[0]) / (2 * law[1] * law[1]));
            mass += w;
            first += w * y;
            second += w * y * y;
        }
        const auto fit = fit_truncated_normal(first / mass, second / mass);
        ASSERT_TRUE(fit) << law[0];
        EXPECT_NEAR(fit->mean, law[0], 1e-5 * std::max(1.0, std::abs(law[0])));
        EXPECT_NEAR(fit->deviation, law[1], 1e-5 * law[1]);
        EXPECT_NEAR(fit->log_mass, std::log(std::erfc(-law[0] / law[1] / std::sqrt(2.0)) / 2), 1e-5);
    }
}

TEST(TruncatedNormal, HasAnExponentialLimit)
{
    EXPECT_FALSE(fit_truncated_normal(1, 2));
    EXPECT_FALSE(fit_truncated_normal(1, 2.5));
    EXPECT_FALSE(fit_truncated_normal(1, 1));
}

/// At the maximum the law's own moments are those of the sample.
TEST(TruncatedPowerLaw, MatchesTheMomentsOfTheSample)
{
    struct Case {
        double mean_log, mean;
    };
    for (const Case& c : {Case{0.5, 1.9}, Case{1.0, 3.5}, Case{0.2, 1.24}}) {
        const TruncatedPowerLaw law = fit_truncated_power_law(c.mean_log, c.mean, 1 + 1 / c.mean_log);
        ASSERT_GT(law.cutoff, 0);
        double mass = 0;
        double t_sum = 0;
        double u_sum = 0;
        for (int i = 0; i < 2000000; ++i) {
            const double t = 1e-5 * (i + 0.5);
            const double w = std::exp(-(law.a - 1) * t - law.cutoff * std::exp(t));
            mass += w;
            t_sum += w * t;
            u_sum += w * std::exp(t);
        }
        EXPECT_NEAR(t_sum / mass, c.mean_log, 1e-5);
        EXPECT_NEAR(u_sum / mass, c.mean, 1e-5);
        EXPECT_NEAR(law.log_norm, std::log(mass * 1e-5), 1e-7);
    }
}

TEST(TailComparison, PrefersThePowerLawOnAPowerLaw)
{
    const CounterRandom random(3, 0);
    const auto x = sample(4000, [&](std::size_t i) { return std::pow(1 - random.uniform(i), -1 / 1.2); });
    const TailComparison against = compare_tail(x, fit_all(x));
    EXPECT_GT(against.exponential.log_ratio, 0);
    EXPECT_LT(against.exponential.p, 1e-6);
    EXPECT_LE(against.truncated_power_law.log_ratio, 0);
    EXPECT_GT(against.truncated_power_law.p, 1e-3);
    EXPECT_GE(against.lognormal.log_ratio, -5);
}

TEST(TailComparison, PrefersTheLawThatMadeTheData)
{
    const CounterRandom random(4, 0);
    const auto exponential = sample(4000, [&](std::size_t i) { return 1 - std::log(1 - random.uniform(i)); });
    const TailComparison of_exponential = compare_tail(exponential, fit_all(exponential));
    EXPECT_LT(of_exponential.exponential.log_ratio, 0);
    EXPECT_LT(of_exponential.exponential.p, 1e-6);
    EXPECT_LT(of_exponential.truncated_power_law.p, 1e-6);
    const auto lognormal = sample(4000, [&](std::size_t i) { return std::exp(std::abs(2 + 0.5 * random.normal(i))); });
    const TailComparison of_lognormal = compare_tail(lognormal, fit_all(lognormal));
    EXPECT_LT(of_lognormal.lognormal.log_ratio, 0);
    EXPECT_LT(of_lognormal.lognormal.p, 1e-6);
}

TEST(BootstrapP, AcceptsAPowerLawAndRejectsAnExponential)
{
    const CounterRandom random(5, 0);
    const auto law = sample(400, [&](std::size_t i) { return std::pow(1 - random.uniform(i), -1 / 1.5); });
    const auto other = sample(400, [&](std::size_t i) { return 1 - std::log(1 - random.uniform(i)); });
    const double good = bootstrap_p(law, *fit_power_law(law), KsConvention::left_ecdf, 100, 1);
    EXPECT_EQ(good, bootstrap_p(law, *fit_power_law(law), KsConvention::left_ecdf, 100, 1));
    EXPECT_GT(good, 0.05);
    const PowerLawFit forced = fit_all(other);  // xmin at the smallest value: a power law is far off
    EXPECT_LE(bootstrap_p(other, forced, KsConvention::left_ecdf, 100, 1), 0.02);
}

}  // namespace
}  // namespace specsweep::metrics
