#include "run/progress.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace specsweep::run {
namespace {

TEST(ProgressLine, SaysDoneRateAndTimeLeft)
{
    const Advance total{.units = 120, .predicted_seconds = 60};
    EXPECT_EQ(progress_line({.units = 0, .predicted_seconds = 0}, total, 3), "0/120 units");
    EXPECT_EQ(progress_line({.units = 30, .predicted_seconds = 20}, total, 10), "30/120 units  3/s  20 s left");
    EXPECT_EQ(progress_line({.units = 120, .predicted_seconds = 60}, total, 30), "120/120 units  4/s");
}

/// Under mpirun stderr is a pipe: the first line must not wait for a minute.
TEST(ProgressDisplay, SaysSomethingSoonWhereThereIsNoTerminal)
{
    testing::internal::CaptureStderr();
    {
        const ProgressDisplay display([] { return Advance{.units = 1, .predicted_seconds = 1}; },
                                      {.units = 2, .predicted_seconds = 2});
        std::this_thread::sleep_for(std::chrono::milliseconds(2500));
    }
    EXPECT_THAT(testing::internal::GetCapturedStderr(), testing::HasSubstr("specsweep: 1/2 units"));
}

}  // namespace
}  // namespace specsweep::run
