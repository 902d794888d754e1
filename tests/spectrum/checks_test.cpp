#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "base/error.hpp"
#include "spectrum/pair_check.hpp"
#include "spectrum/self_check.hpp"
#include "spectrum/spectrum.hpp"
#include "test_matrices.hpp"

namespace specsweep::spectrum {
namespace {

using Values = std::vector<double>;

TEST(CheckSingle, AcceptsWhatAddsUpAndNothingElse)
{
    ScaledSpectrum good;
    good.sigma = {3, 2, 1};
    good.error = {1e-12, 1e-12, 1e-12};
    good.frobenius_squared = 14 + 1e-11;
    EXPECT_NO_THROW(check_single(good));
    good.frobenius_squared = 14 + 1.3e-11;  // slack 2·6·1e-12 and roundings
    EXPECT_THROW(check_single(good), SelfCheckFailure);
    good.frobenius_squared = 14;
    ScaledSpectrum bad = good;
    bad.sigma = {3, 1, 2};
    EXPECT_THROW(check_single(bad), SelfCheckFailure);
    bad.sigma = {3, 2, NAN};
    EXPECT_THROW(check_single(bad), SelfCheckFailure);
    bad = good;
    bad.error[0] = INFINITY;
    EXPECT_THROW(check_single(bad), SelfCheckFailure);
}

TEST(CheckPair, MeasuresHowFarSpectraMayBeApart)
{
    const Values a{3, 2, 1}, b{3.5, 2, 0.8}, exact{0, 0, 0}, loose{0.1, 0.1, 0.1};
    const PairCheck check = check_pair(b, exact, a, exact, 1.0);
    EXPECT_TRUE(check.weyl_holds && check.mirsky_holds);
    EXPECT_NEAR(check.weyl_left, 0.5, 1e-14);
    EXPECT_NEAR(check.mirsky_left, std::sqrt(0.25 + 0.04), 1e-14);
    EXPECT_FALSE(check_pair(b, exact, a, exact, 0.49).weyl_holds);
    const PairCheck between = check_pair(b, exact, a, exact, 0.52);
    EXPECT_TRUE(between.weyl_holds);
    EXPECT_FALSE(between.mirsky_holds);
    EXPECT_LT(between.mirsky_slack, 0);
    EXPECT_TRUE(check_pair(b, loose, a, loose, 0.31).weyl_holds);
    EXPECT_FALSE(check_pair(b, exact, a, exact, 1.0, 0.4).weyl_holds) << "a known bound of the spectral norm counts";
}

TEST(CheckPair, HoldsForEqualSpectraAndNoError)
{
    const Values a{3, 2, 1}, exact{0, 0, 0};
    const PairCheck check = check_pair(a, exact, a, exact, 0);
    EXPECT_TRUE(check.weyl_holds && check.mirsky_holds);
    EXPECT_EQ(check.weyl_left, 0);
}

TEST(CheckPair, RefusesSpectraOfDifferentLength)
{
    EXPECT_THROW(check_pair(Values{1}, Values{0}, Values{1, 0}, Values{0, 0}, 1), InternalError);
}

TEST(CheckPair, HoldsForComputedSpectraOfRoundedMatrices)
{
    for (const MatrixFamily& family : all_families()) {
        const DenseMatrix original = family.make(200, 120);
        for (const double step : {0.5, 0.01, 1e-6}) {
            const DenseMatrix rounded =
                reshaped(original, [&](double w, auto, auto) { return std::round(w / step) * step; });
            double energy = 0;
            for (std::size_t i = 0; i < original.values.size(); ++i)
                energy += std::pow(rounded.values[i] - original.values[i], 2);
            Workspace workspace;
            DenseSource a(original), b(rounded);
            const Spectrum before = compute_spectrum(a, {}, workspace), after = compute_spectrum(b, {}, workspace);
            const PairCheck check = check_pair(after.sigma, after.error, before.sigma, before.error, std::sqrt(energy));
            EXPECT_TRUE(check.weyl_holds && check.mirsky_holds) << family.name << " " << step;
        }
    }
}

}  // namespace
}  // namespace specsweep::spectrum
