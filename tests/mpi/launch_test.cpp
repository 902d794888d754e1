#include "mpi/launch.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "base/error.hpp"

namespace specsweep::mpi {
namespace {

class LaunchedRanksHint : public ::testing::Test {
protected:
    void TearDown() override { ::unsetenv("SLURM_STEP_NUM_TASKS"); }
    static void say(const char* value) { ::setenv("SLURM_STEP_NUM_TASKS", value, 1); }
};

TEST_F(LaunchedRanksHint, IsAbsentOutsideAJobStep)
{
    ::unsetenv("SLURM_STEP_NUM_TASKS");
    EXPECT_EQ(launched_ranks_hint(), std::nullopt);
}

TEST_F(LaunchedRanksHint, IsTheNumberOfTasksOfTheStep)
{
    say("16");
    EXPECT_EQ(launched_ranks_hint(), 16);
}

TEST_F(LaunchedRanksHint, IgnoresWhatIsNoNumberOfTasks)
{
    for (const char* value : {"", "x", "4x", " 4", "0", "-2", "99999999999999"}) {
        say(value);
        EXPECT_EQ(launched_ranks_hint(), std::nullopt) << value;
    }
}

ExitCode code_of_refusal(int actual, std::optional<int> expected, std::optional<int> hint)
{
    try {
        check_ranks(actual, expected, hint);
    } catch (const Error& error) {
        return error.code();
    }
    return ExitCode::complete;
}

TEST(CheckRanks, AcceptsTheExpectedNumberWhateverTheStepSays)
{
    EXPECT_EQ(code_of_refusal(4, 4, std::nullopt), ExitCode::complete);
    EXPECT_EQ(code_of_refusal(4, 4, 2), ExitCode::complete);
    EXPECT_EQ(code_of_refusal(1, 1, 8), ExitCode::complete);
}

TEST(CheckRanks, RefusesAnotherNumberThanExpected)
{
    EXPECT_EQ(code_of_refusal(1, 4, std::nullopt), ExitCode::wrong_ranks);
    EXPECT_EQ(code_of_refusal(3, 4, 4), ExitCode::wrong_ranks);
    EXPECT_EQ(code_of_refusal(4, 1, 4), ExitCode::wrong_ranks);
}

TEST(CheckRanks, RefusesSingletonsInAStepOfSeveralTasks)
{
    EXPECT_EQ(code_of_refusal(1, std::nullopt, 4), ExitCode::wrong_ranks);
}

TEST(CheckRanks, AcceptsMpirunInsideAJob)
{
    EXPECT_EQ(code_of_refusal(1, std::nullopt, std::nullopt), ExitCode::complete);
    EXPECT_EQ(code_of_refusal(1, std::nullopt, 1), ExitCode::complete);
    EXPECT_EQ(code_of_refusal(64, std::nullopt, 1), ExitCode::complete);
}

}  // namespace
}  // namespace specsweep::mpi
