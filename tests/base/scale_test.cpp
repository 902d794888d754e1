#include "base/scale.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace specsweep {
namespace {

TEST(ScaleByPower, IsLdexpForEveryExponentDenormalResultsAndOverflowIncluded)
{
    constexpr double infinity = std::numeric_limits<double>::infinity();
    for (const double x :
         {0.0, -0.0, 1.0, -1.0 / 3, 1 + 0x1p-52, 2 - 0x1p-52, 0x1.8p-1022, 0x1.5p-1060, 0x1.7p1000, infinity})
        for (int exponent = -2200; exponent <= 2200; ++exponent)
            ASSERT_EQ(scale_by_power(x, exponent), std::ldexp(x, exponent)) << x << ", " << exponent;
}

}  // namespace
}  // namespace specsweep
