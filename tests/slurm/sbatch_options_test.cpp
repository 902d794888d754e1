#include "slurm/sbatch_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/error.hpp"

namespace specsweep::slurm {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string error_of(const std::string& option, bool allow_unknown = false)
{
    try {
        require_sbatch_option(option, allow_unknown);
    } catch (const UsageError& error) {
        return error.what();
    }
    return "";
}

TEST(SbatchOptions, AreSortedAndEachThereOnce)
{
    const auto all = sbatch_options();
    EXPECT_EQ(std::adjacent_find(all.begin(), all.end(), std::greater_equal<>()), all.end());
}

TEST(SbatchOptions, OldAndNewOnesAreKnown)
{
    for (const char* option : {"--gres", "--gres-flags", "--licenses", "--tres-per-task", "--segment", "--requeue"})
        EXPECT_EQ(error_of(option), "") << option;
}

TEST(SbatchOptions, AMisspeltOneNamesTheNearest)
{
    EXPECT_THAT(error_of("--gress"), AllOf(HasSubstr("no option '--gress'"), HasSubstr("did you mean '--gres'?"),
                                           HasSubstr("unknown_options: true")));
    EXPECT_THAT(error_of("--licence"), HasSubstr("--licenses"));
    EXPECT_THAT(error_of("--mem-per-gpus"), HasSubstr("--mem-per-gpu"));
    EXPECT_THAT(error_of("--zzzzzzzzzzzz"), HasSubstr("unknown_options: true"));
}

TEST(SbatchOptions, OptionsOfPluginsPassWhenAskedFor)
{
    EXPECT_EQ(error_of("--bwlimit", true), "");
    EXPECT_NE(error_of("--bwlimit"), "");
}

TEST(SbatchOptions, WhatTheScriptsSetIsRefusedInAnyCase)
{
    EXPECT_THAT(error_of("--array"), HasSubstr("set by the scripts themselves"));
    EXPECT_NE(error_of("--output", true), "");
}

}  // namespace
}  // namespace specsweep::slurm
