#include "metrics/pair.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/error.hpp"
#include "metrics/single.hpp"

namespace specsweep::metrics {
namespace {

/// Diagonal matrices: spectra, inner products and norms are known by hand.
struct DiagonalPair {
    std::vector<double> reference, quantized;
    std::vector<double> error = std::vector<double>(reference.size(), 0.0);

    static double energy(const std::vector<double>& diagonal)
    {
        double sum = 0;
        for (const double d : diagonal)
            sum += d * d;
        return sum;
    }

    ErrorMoments moments() const
    {
        ErrorMoments moments{};
        for (std::size_t k = 0; k < reference.size(); ++k) {
            const double e = quantized[k] - reference[k];
            moments.inner_product += reference[k] * e;
            moments.error_frobenius_squared += e * e;
            moments.error_max = std::max(moments.error_max, std::abs(e));
            moments.zeroed += reference[k] != 0 && quantized[k] == 0;
        }
        return moments;
    }

    SpectrumView view(const std::vector<double>& diagonal) const
    {
        const auto size = static_cast<std::int64_t>(diagonal.size());
        return {diagonal, error, energy(diagonal), size, size};
    }

    PairMetrics metrics() const { return pair_metrics(view(reference), view(quantized), moments(), {}); }
};

TEST(PairMetrics, SeparateGainedEnergyFromALowerHead)
{
    const PairMetrics energy_gained = DiagonalPair{{2, 1}, {2, 2}}.metrics();
    EXPECT_DOUBLE_EQ(*energy_gained.frobenius_ratio, 8.0 / 5.0);
    EXPECT_DOUBLE_EQ(*energy_gained.sigma_max_ratio, 1);
    const PairMetrics head_lowered =
        DiagonalPair{{2, 1, 1}, {std::sqrt(2.0), std::sqrt(2.0), std::sqrt(2.0)}}.metrics();
    EXPECT_DOUBLE_EQ(*head_lowered.frobenius_ratio, 1);
    EXPECT_DOUBLE_EQ(*head_lowered.sigma_max_ratio, 0.5);
    EXPECT_DOUBLE_EQ(*head_lowered.stable_rank_ratio, 2);
}

TEST(PairMetrics, StableRankRatioIsThatOfTheTwoStableRanks)
{
    const DiagonalPair pair{{3, 2, 0.5}, {2.75, 2.125, 0.25}};
    const double before = *single_metrics(pair.view(pair.reference), {1e-4}).stable_rank;
    const double after = *single_metrics(pair.view(pair.quantized), {1e-4}).stable_rank;
    EXPECT_NEAR(*pair.metrics().stable_rank_ratio, after / before, 1e-15);
}

TEST(PairMetrics, AlignmentExplainsTheChangeOfEnergyExactly)
{
    const DiagonalPair pair{{3, 2, 0.5}, {2.75, 2.125, 0.25}};
    const PairMetrics metrics = pair.metrics();
    const double relative = pair.moments().error_frobenius_squared / DiagonalPair::energy(pair.reference);
    EXPECT_NEAR(*metrics.frobenius_ratio - 1, (2 * *metrics.noise_alignment + 1) * relative, 1e-15);
}

TEST(PairMetrics, ErrorColumnsByHand)
{
    const PairMetrics metrics = DiagonalPair{{4, 3}, {4, 0}}.metrics();
    EXPECT_DOUBLE_EQ(*metrics.error_frobenius, 3);
    EXPECT_DOUBLE_EQ(*metrics.error_max, 3);
    EXPECT_DOUBLE_EQ(*metrics.sqnr_db, 20 * std::log10(5.0 / 3.0));
    EXPECT_DOUBLE_EQ(*metrics.noise_alignment, -1);
    EXPECT_DOUBLE_EQ(*metrics.mirsky_tightness, 1);
    EXPECT_DOUBLE_EQ(*metrics.zero_share, 0.25);
    EXPECT_DOUBLE_EQ(*metrics.clipped_share, 0);
    EXPECT_DOUBLE_EQ(*metrics.error_spectral, 3);
    EXPECT_GE(*metrics.error_spectral_upper, 3);  // raised by its rounding
    EXPECT_NEAR(*metrics.error_spectral_upper, 3, 1e-14);
    EXPECT_NEAR(*metrics.weyl_tightness, 1, 1e-14);
    EXPECT_DOUBLE_EQ(*metrics.sigma_change_max, 3);
    EXPECT_EQ(metrics.epsilon_r2.reason(), "too-few-values");
}

TEST(PairMetrics, OfAnExactQuantizerHaveInfiniteSqnrAndNoTightness)
{
    const PairMetrics metrics = DiagonalPair{{4, 3}, {4, 3}}.metrics();
    EXPECT_EQ(*metrics.stable_rank_ratio, 1);
    EXPECT_EQ(*metrics.error_frobenius, 0);
    EXPECT_EQ(*metrics.sqnr_db, INFINITY);
    EXPECT_EQ(metrics.noise_alignment.reason(), "zero-error");
    EXPECT_EQ(metrics.mirsky_tightness.reason(), "zero-error");
}

TEST(PairMetrics, OfAMatrixQuantizedToZero)
{
    const PairMetrics metrics = DiagonalPair{{4, 3}, {0, 0}}.metrics();
    EXPECT_EQ(metrics.stable_rank_ratio.reason(), "quantized-to-zero");
    EXPECT_EQ(*metrics.frobenius_ratio, 0);
    EXPECT_EQ(*metrics.sigma_max_ratio, 0);
    EXPECT_DOUBLE_EQ(*metrics.sqnr_db, 0);
}

TEST(PairMetrics, OfAZeroMatrixSayWhyTheyAreNotDefined)
{
    const PairMetrics metrics = DiagonalPair{{0, 0}, {0, 0}}.metrics();
    EXPECT_EQ(metrics.stable_rank_ratio.reason(), "zero-matrix");
    EXPECT_EQ(metrics.frobenius_ratio.reason(), "zero-matrix");
    EXPECT_EQ(metrics.sqnr_db.reason(), "zero-matrix");
    EXPECT_EQ(*metrics.error_frobenius, 0);
}

TEST(PairMetrics, RefuseTwoShapes)
{
    const std::vector<double> sigma{1}, error{0};
    EXPECT_THROW(pair_metrics({sigma, error, 1, 1, 4}, {sigma, error, 1, 1, 5}, {}, {}), InternalError);
}

TEST(PairMetrics, CanBeUndefinedAsAWhole)
{
    const PairMetrics metrics = undefined_pair_metrics("reference-failed");
    EXPECT_EQ(metrics.stable_rank_ratio.reason(), "reference-failed");
    EXPECT_EQ(metrics.zero_share.reason(), "reference-failed");
}

}  // namespace
}  // namespace specsweep::metrics
