#include "measure/extended.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "metrics/counter_random.hpp"
#include "metrics/power_law.hpp"
#include "metrics/tail_exponent.hpp"

namespace specsweep::measure {
namespace {

using metrics::ExtendedMoments;

std::vector<double> gaussian(std::int64_t elements)
{
    const metrics::CounterRandom random(3, 0);
    std::vector<double> values;
    for (std::int64_t i = 0; i < elements; ++i)
        values.push_back(random.normal(static_cast<std::uint64_t>(i)));
    return values;
}

std::vector<double> spectrum_of(DenseSource source)
{
    spectrum::Workspace workspace;
    return spectrum::compute_spectrum(source, {}, workspace).sigma;
}

/// Three 4 × 4 blocks below each other, all diagonal: their singular values are known.
TEST(Farms, PoolsTheSpectraOfSquareSubmatrices)
{
    std::vector<double> values(12 * 4, 0.0);
    std::vector<double> pooled;
    for (int i = 0; i < 12; ++i) {
        values[static_cast<std::size_t>(i * 4 + i % 4)] = i + 1;
        pooled.push_back((i + 1) * (i + 1));
    }
    spectrum::Workspace workspace;
    ExtendedMoments found;
    measure_farms(DenseSource(12, 4, values), 1, workspace, found);
    EXPECT_EQ(found.farms_blocks, 3);
    EXPECT_NEAR(found.farms_alpha, metrics::fit_power_law(pooled)->alpha, 1e-9);
    EXPECT_NEAR(found.farms_alpha_mid, *metrics::hill_alpha_mid(pooled), 1e-9);
    EXPECT_NEAR(found.farms_hill_alpha, *metrics::hill_alpha_tenth(pooled), 1e-9);
}

TEST(Farms, NeedsTenValues)
{
    spectrum::Workspace workspace;
    ExtendedMoments found;
    measure_farms(DenseSource(3, 3, gaussian(9)), 1, workspace, found);
    EXPECT_EQ(found.farms_blocks, 1);
    EXPECT_TRUE(std::isnan(found.farms_alpha));
    EXPECT_TRUE(std::isnan(found.farms_hill_alpha));
}

TEST(Farms, OfManySubmatricesTakesAChoiceThatTheKeyFixes)
{
    const DenseSource matrix(300 * 4, 4, gaussian(300 * 16));
    spectrum::Workspace workspace;
    ExtendedMoments one, again, other;
    measure_farms(matrix, 1, workspace, one);
    measure_farms(matrix, 1, workspace, again);
    measure_farms(matrix, 2, workspace, other);
    EXPECT_EQ(one.farms_blocks, 256);
    EXPECT_EQ(one.farms_hill_alpha, again.farms_hill_alpha);
    EXPECT_NE(one.farms_hill_alpha, other.farms_hill_alpha);
}

/// What FARMS is for: a tall and a square Gaussian matrix differ in Hill's α of the whole, not of their submatrices.
TEST(Farms, DoesNotSeeTheAspectRatio)
{
    const DenseSource tall(2048, 128, gaussian(2048 * 128));
    const DenseSource square(512, 512, gaussian(512 * 512));
    spectrum::Workspace workspace;
    ExtendedMoments of_tall, of_square;
    measure_farms(tall, 1, workspace, of_tall);
    measure_farms(square, 1, workspace, of_square);
    EXPECT_EQ(of_tall.farms_blocks, of_square.farms_blocks);
    const auto whole = [](const DenseSource& matrix) {
        std::vector<double> energies;
        for (const double sigma : spectrum_of(matrix))
            energies.push_back(sigma * sigma);
        std::sort(energies.begin(), energies.end());
        return *metrics::hill_alpha_mid(energies);
    };
    EXPECT_GT(whole(tall), 1.5 * whole(square));
    EXPECT_NEAR(of_tall.farms_alpha_mid / of_square.farms_alpha_mid, 1, 0.02);
}

/// A rank-one matrix loses its one large value; what stays is the edge of a random matrix of the same elements.
TEST(Shuffled, TakesTheOrderAwayAndKeepsTheElements)
{
    constexpr std::int64_t n = 64;
    std::vector<double> values(n * n);
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = (i / n % 2 == i % 2 ? 1.0 : -1.0);  // signs of rank one, as many of both
    DenseSource matrix(n, n, values);
    const std::vector<double> before = spectrum_of(matrix);
    spectrum::Workspace workspace;
    ExtendedMoments found;
    measure_shuffled(matrix, before, 1, {}, workspace, found);
    EXPECT_NEAR(before[0], n, 1e-9);
    EXPECT_NEAR(found.shuffled_sigma_max, 2 * std::sqrt(n), 0.2 * 2 * std::sqrt(n));
    EXPECT_GT(found.shuffled_divergence, 0.3);
    std::vector<double> after = matrix.values();
    std::sort(values.begin(), values.end());
    std::sort(after.begin(), after.end());
    EXPECT_EQ(values, after);
}

TEST(Shuffled, IsAFunctionOfTheKey)
{
    const std::vector<double> values = gaussian(20 * 12);
    const auto shuffled = [&](std::uint64_t key) {
        DenseSource matrix(20, 12, values);
        spectrum::Workspace workspace;
        ExtendedMoments found;
        measure_shuffled(matrix, spectrum_of(matrix), key, {}, workspace, found);
        return found.shuffled_sigma_max;
    };
    EXPECT_EQ(shuffled(1), shuffled(1));
    EXPECT_NE(shuffled(1), shuffled(2));
}

TEST(Shuffled, DoesNothingToAMatrixOfEqualElements)
{
    DenseSource matrix(8, 5, std::vector<double>(40, 0.5));
    spectrum::Workspace workspace;
    ExtendedMoments found;
    measure_shuffled(matrix, spectrum_of(matrix), 1, {}, workspace, found);
    EXPECT_NEAR(found.shuffled_sigma_max, 0.5 * std::sqrt(40), 1e-12);
    EXPECT_NEAR(found.shuffled_divergence, 0, 1e-7);
}

/// diag(30 … 1) with the last column of the leading ten turned towards the first one outside.
TEST(Subspaces, AnglesAreThoseThatAMatrixWasTurnedBy)
{
    constexpr std::int64_t n = 12;
    constexpr double angle = 0.2;
    std::vector<double> before(n * n, 0.0);
    for (std::int64_t i = 0; i < n; ++i)
        before[static_cast<std::size_t>(i * n + i)] = static_cast<double>(30 - 2 * i);
    std::vector<double> after = before;
    const auto at = [](std::int64_t i, std::int64_t j) { return static_cast<std::size_t>(i * n + j); };
    for (std::int64_t i = 0; i < n; ++i) {  // W̃ = W·R: the right spaces turn, the left ones stay
        after[at(i, 9)] = before[at(i, 9)] * std::cos(angle) - before[at(i, 10)] * std::sin(angle);
        after[at(i, 10)] = before[at(i, 9)] * std::sin(angle) + before[at(i, 10)] * std::cos(angle);
    }
    spectrum::Workspace workspace;
    const auto leading = [&](const std::vector<double>& values) {
        return spectrum::leading_vectors(values.data(), n, n, subspace_rank, workspace);
    };
    ExtendedMoments found;
    measure_subspaces(leading(before), leading(after), found);
    EXPECT_EQ(found.subspace_rank, 10);
    EXPECT_NEAR(found.subspace_right_max, angle, 1e-9);
    EXPECT_NEAR(found.subspace_right_mean, angle / 10, 1e-7);
    EXPECT_NEAR(found.subspace_left_max, 0, 1e-7);
    EXPECT_NEAR(found.leading_right, 0, 1e-7);
}

TEST(Subspaces, AZeroMatrixHasNone)
{
    spectrum::Workspace workspace;
    const std::vector<double> zero(9, 0.0);
    const std::vector<double> one{1, 0, 0, 0, 1, 0, 0, 0, 1};
    ExtendedMoments found;
    measure_subspaces(spectrum::leading_vectors(one.data(), 3, 3, 2, workspace),
                      spectrum::leading_vectors(zero.data(), 3, 3, 2, workspace), found);
    EXPECT_TRUE(std::isnan(found.subspace_rank));
    EXPECT_TRUE(std::isnan(found.leading_left));
}

}  // namespace
}  // namespace specsweep::measure
