#include "metrics/exponentials.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace specsweep::metrics {
namespace {

TEST(Exponentials, AgreeWithTheLibraryToTwoRoundings)
{
    std::vector<double> x;
    for (int i = -70000; i <= 70000; ++i)
        x.push_back(0.0101 * i);
    std::vector<double> values = x;
    exponentials(values);
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double expected = std::exp(x[i]);
        ASSERT_NEAR(values[i] / expected, 1, 4e-16) << x[i];
    }
}

TEST(Exponentials, AtTheEnds)
{
    std::vector<double> values{0, -708, 708, -709, -1e300, -INFINITY};
    exponentials(values);
    EXPECT_EQ(values[0], 1);
    EXPECT_NEAR(values[1] / std::exp(-708.0), 1, 4e-16);
    EXPECT_NEAR(values[2] / std::exp(708.0), 1, 4e-16);
    EXPECT_EQ(values[3], 0);
    EXPECT_EQ(values[4], 0);
    EXPECT_EQ(values[5], 0);
}

}  // namespace
}  // namespace specsweep::metrics
