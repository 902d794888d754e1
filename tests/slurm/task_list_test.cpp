#include "slurm/task_list.hpp"

#include <gtest/gtest.h>

namespace specsweep::slurm {
namespace {

using Tasks = std::vector<std::int64_t>;

TEST(ParseJob, UnderstandsEveryFormThatSlurmPrints)
{
    EXPECT_EQ(parse_job("123")->job, "123");
    EXPECT_TRUE(parse_job("123")->tasks.empty());
    EXPECT_EQ(parse_job("123_4")->tasks, Tasks{4});
    EXPECT_EQ(parse_job("123_[1-5,9]")->tasks, (Tasks{1, 2, 3, 4, 5, 9}));
    EXPECT_EQ(parse_job("123_[1-99%8]")->tasks.size(), 99u);
    EXPECT_EQ(parse_job("123_[0-90:5]")->tasks.size(), 19u);
    EXPECT_EQ(parse_job("123_[7]")->tasks, Tasks{7});
    EXPECT_EQ(parse_job("123+1")->job, "123");
    EXPECT_EQ(parse_job("123;cluster2")->cluster, "cluster2");
    EXPECT_EQ(parse_job(" 123 ")->job, "123");
}

TEST(ParseJob, SaysWhenTheListWasCut)
{
    const auto dots = parse_job("123_[1-5,9,...]");
    ASSERT_TRUE(dots);
    EXPECT_TRUE(dots->cut);
    EXPECT_EQ(dots->tasks, (Tasks{1, 2, 3, 4, 5, 9}));
    const auto open = parse_job("123_[1-5,9,12-2");  // %K is cut to 64 bytes
    ASSERT_TRUE(open);
    EXPECT_TRUE(open->cut);
    EXPECT_EQ(open->tasks, (Tasks{1, 2, 3, 4, 5, 9}));
    EXPECT_FALSE(parse_job("123_[1-5]")->cut);
}

TEST(ParseJob, RefusesWhatIsNone)
{
    for (const char* text : {"", "abc", "_4", "123_", "123_[", "123_[5-1]", "123_[1-5:0]", "123_x", "12x", "123+x",
                             "slurm_load_jobs error: Socket timed out", "123_[0-99999999999]"})
        EXPECT_FALSE(parse_job(text)) << text;
}

TEST(PlainState, CutsWhatIsAdded)
{
    EXPECT_EQ(plain_state("CANCELLED by 1001"), "CANCELLED");
    EXPECT_EQ(plain_state("COMPLETED+"), "COMPLETED");
    EXPECT_EQ(plain_state(" RUNNING "), "RUNNING");
}

}  // namespace
}  // namespace specsweep::slurm
