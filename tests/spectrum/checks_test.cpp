#include <gtest/gtest.h>

#include <cmath>

#include "spectrum/self_check.hpp"

namespace specsweep::spectrum {
namespace {

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

}  // namespace
}  // namespace specsweep::spectrum
