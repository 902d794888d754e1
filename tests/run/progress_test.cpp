#include "run/progress.hpp"

#include <gtest/gtest.h>

namespace specsweep::run {
namespace {

TEST(ProgressLine, SaysDoneRateAndTimeLeft)
{
    const Advance total{.units = 120, .predicted_seconds = 60};
    EXPECT_EQ(progress_line({.units = 0, .predicted_seconds = 0}, total, 3), "0/120 units");
    EXPECT_EQ(progress_line({.units = 30, .predicted_seconds = 20}, total, 10), "30/120 units  3/s  20 s left");
    EXPECT_EQ(progress_line({.units = 120, .predicted_seconds = 60}, total, 30), "120/120 units  4/s");
}

}  // namespace
}  // namespace specsweep::run
