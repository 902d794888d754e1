#include "metrics/power_law.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <vector>

#include "metrics/counter_random.hpp"
#include "support/shared.hpp"

namespace specsweep::metrics {
namespace {

std::vector<double> numbers(const std::filesystem::path& path, double divisor)
{
    std::ifstream in(path);
    std::vector<double> values;
    for (double value = 0; in >> value;)
        values.push_back(value / divisor);
    std::sort(values.begin(), values.end());
    return values;
}

/// Every candidate and every point, as the definition says.
PowerLawFit fit_by_definition(const std::vector<double>& x, KsConvention convention, Candidates allowed = {})
{
    PowerLawFit best;
    best.d = INFINITY;
    const std::size_t n = x.size();
    for (std::size_t j = 0; j + 1 < n; ++j) {
        if (convention != KsConvention::index_ecdf && j > 0 && x[j] == x[j - 1])
            continue;
        const auto tail = static_cast<double>(n - j);
        double t = 0;
        for (std::size_t i = j; i < n; ++i)
            t += std::log(x[i] / x[j]);
        if (t == 0 || !allowed.allows(x[j], static_cast<double>(n - j)))
            continue;
        const double a = tail / t;
        double d = 0;
        for (std::size_t i = j; i < n; ++i) {
            if (convention != KsConvention::index_ecdf && i > j && x[i] == x[i - 1])
                continue;
            std::size_t end = i + 1;
            while (end < n && x[end] == x[i])
                ++end;
            const double f = 1 - std::pow(x[i] / x[j], -a);
            d = std::max(d, std::abs(f - static_cast<double>(i - j) / tail));
            if (convention == KsConvention::kolmogorov)
                d = std::max(d, std::abs(f - static_cast<double>(end - j) / tail));
        }
        if (d < best.d)
            best = {1 + a, x[j], d, static_cast<std::int64_t>(n - j), a / std::sqrt(tail)};
    }
    return best;
}

struct Published {
    const char* file;
    double divisor;
    KsConvention convention;
    double alpha, xmin, d;
    std::int64_t n_tail;  ///< 0: not published
};

class PublishedFits : public testing::TestWithParam<Published> {};

/// metrics.md §6.1: ten digits after the point where it gives so many.
TEST_P(PublishedFits, AreReproducedDigitForDigit)
{
    const Published& published = GetParam();
    SPECSWEEP_REQUIRE_SHARED(file, std::filesystem::path("reference/powerlaw") / published.file);
    const auto fit = fit_power_law(numbers(file, published.divisor), published.convention);
    ASSERT_TRUE(fit);
    EXPECT_NEAR(fit->alpha, published.alpha, 0.5e-10);
    EXPECT_NEAR(fit->xmin, published.xmin, 0.5e-4 * published.xmin);
    if (published.d > 0) {
        EXPECT_NEAR(fit->d, published.d, 0.5e-10);
    }
    if (published.n_tail > 0) {
        EXPECT_EQ(fit->n_tail, published.n_tail);
    }
}

constexpr auto index_ecdf = KsConvention::index_ecdf;
constexpr auto left_ecdf = KsConvention::left_ecdf;
constexpr auto kolmogorov = KsConvention::kolmogorov;
INSTANTIATE_TEST_SUITE_P(
    FourSets, PublishedFits,
    testing::Values(Published{"blackouts.txt", 1e3, index_ecdf, 2.2726372198, 230, 0.0606737963, 59},
                    Published{"blackouts.txt", 1e3, left_ecdf, 2.2726372198, 230, 0.0606737963, 59},
                    Published{"blackouts.txt", 1e3, kolmogorov, 2.2726372198, 230, 0.0606737963, 59},
                    Published{"cities.txt", 1e3, index_ecdf, 2.3699521227, 52.457, 0.0188480227, 580},
                    Published{"cities.txt", 1e3, left_ecdf, 2.3699521227, 52.457, 0.0188480227, 580},
                    Published{"cities.txt", 1e3, kolmogorov, 2.3672792349, 52.648, 0.0194226884, 576},
                    Published{"surnames.txt", 1e3, index_ecdf, 2.2495632865, 44.7678, 0.0403500865, 0},
                    Published{"surnames.txt", 1e3, left_ecdf, 2.2004164176, 14.9226, 0.0311408480, 0},
                    Published{"surnames.txt", 1e3, kolmogorov, 2.4932453207, 111.919, 0.0407701601, 0},
                    Published{"flares.txt", 1, index_ecdf, 1.7884858708, 316, 0, 0},
                    Published{"flares.txt", 1, left_ecdf, 1.7884070781, 323, 0.0082927134, 1711},
                    Published{"flares.txt", 1, kolmogorov, 1.7884070781, 323, 0.0082927134, 1711}));

class RandomSamples : public testing::TestWithParam<KsConvention> {};

TEST_P(RandomSamples, TheSearchSkipsNothingThatMatters)
{
    for (std::uint64_t sample = 0; sample < 60; ++sample) {
        const CounterRandom random(7, sample);
        const std::size_t n = 2 + random.below(1000, 160);
        std::vector<double> x;
        for (std::size_t i = 0; i < n; ++i) {
            const double u = 1 - random.uniform(i);
            double value = sample % 3 == 0 ? std::pow(u, -1.3) : sample % 3 == 1 ? -std::log(u) + 0.01 : 1 + u;
            if (sample % 4 == 0)
                value = std::ceil(value * 4);  // ties
            x.push_back(value);
        }
        std::sort(x.begin(), x.end());
        if (x.front() == x.back())
            continue;
        const auto fit = fit_power_law(x, GetParam());
        const PowerLawFit expected = fit_by_definition(x, GetParam());
        ASSERT_TRUE(fit);
        EXPECT_NEAR(fit->d, expected.d, 1e-13) << "sample " << sample;
        if (fit->xmin == expected.xmin) {
            EXPECT_NEAR(fit->alpha, expected.alpha, 1e-12 * expected.alpha);
            EXPECT_EQ(fit->n_tail, expected.n_tail);
        }
        Candidates others;
        others.excluded_low = static_cast<double>(fit->n_tail) / 1.5;
        others.excluded_high = static_cast<double>(fit->n_tail) * 1.5;
        const auto second = runner_up(x, *fit, GetParam());
        const PowerLawFit expected_second = fit_by_definition(x, GetParam(), others);
        ASSERT_EQ(second.has_value(), expected_second.d < INFINITY);
        if (second) {
            EXPECT_NEAR(second->d, expected_second.d, 1e-13) << "sample " << sample;
        }
        Candidates long_tails;
        long_tails.minimum_tail = 50;
        const auto longer = fit_power_law(x, GetParam(), long_tails);
        const PowerLawFit expected_longer = fit_by_definition(x, GetParam(), long_tails);
        ASSERT_EQ(longer.has_value(), expected_longer.d < INFINITY);
        if (longer) {
            EXPECT_GE(longer->n_tail, 50);
            EXPECT_NEAR(longer->d, expected_longer.d, 1e-13) << "sample " << sample;
            const auto next = runner_up(x, *longer, GetParam(), 50);
            EXPECT_TRUE(!next || next->n_tail >= 50);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Conventions, RandomSamples, testing::Values(index_ecdf, left_ecdf, kolmogorov));

TEST(PowerLawFit, RecoversTheExponentOfAnExactPowerLaw)
{
    const CounterRandom random(1, 0);
    std::vector<double> x;
    constexpr std::size_t n = 20000;
    for (std::size_t i = 0; i < n; ++i)
        x.push_back(3 * std::pow(1 - random.uniform(i), -1 / 1.5));  // α = 2.5, xmin = 3
    std::sort(x.begin(), x.end());
    const auto fit = fit_power_law(x);
    ASSERT_TRUE(fit);
    EXPECT_NEAR(fit->alpha, 2.5, 5 * fit->alpha_error);
    EXPECT_NEAR(fit->alpha_error, (fit->alpha - 1) / std::sqrt(static_cast<double>(fit->n_tail)), 1e-15);
}

TEST(PowerLawFit, DoesNotDependOnScaleByAPowerOfTwo)
{
    std::vector<double> x;
    std::vector<double> scaled;
    for (int i = 1; i <= 200; ++i) {
        x.push_back(std::pow(1 - i / 201.0, -0.8));
        scaled.push_back(std::ldexp(x.back(), -40));
    }
    const auto one = fit_power_law(x);
    const auto other = fit_power_law(scaled);
    EXPECT_EQ(one->n_tail, other->n_tail);
    EXPECT_NEAR(one->alpha, other->alpha, 1e-12);
    EXPECT_DOUBLE_EQ(std::ldexp(one->xmin, -40), other->xmin);
}

TEST(PowerLawFit, NeedsTwoDistinctValues)
{
    EXPECT_FALSE(fit_power_law(std::vector<double>{}));
    EXPECT_FALSE(fit_power_law(std::vector<double>{2}));
    EXPECT_FALSE(fit_power_law(std::vector<double>(50, 2.0)));
    EXPECT_TRUE(fit_power_law(std::vector<double>{1, 2}));
}

TEST(PowerLawFit, OfOneThresholdIsTheCandidateThere)
{
    const std::vector<double> x{1, 2, 3, 5, 8, 13, 21};
    const auto fit = fit_power_law_from(x, 3);
    ASSERT_TRUE(fit);
    const double t = std::log(5 / 3.0) + std::log(8 / 3.0) + std::log(13 / 3.0) + std::log(21 / 3.0);
    EXPECT_NEAR(fit->alpha, 1 + 5 / t, 1e-14);
    EXPECT_EQ(fit->n_tail, 5);
    EXPECT_EQ(fit->xmin, 3);
}

}  // namespace
}  // namespace specsweep::metrics
