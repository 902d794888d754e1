#include "slurm/journal.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "base/error.hpp"
#include "support/temporary_folder.hpp"

namespace specsweep::slurm {
namespace {

TEST(Journal, IsReadBackAsItWasWritten)
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "journal.jsonl";
    {
        Journal journal(file);
        EXPECT_TRUE(journal.empty());
        journal.intend("t0", "q.g0.a0.t0", 0, "a0");
        journal.accept("t0", "12");
        journal.release("t0");
        journal.intend("t1", "q.g0.a1.t1", 0, "a1");
    }
    const Journal again(file);
    ASSERT_EQ(again.entries().size(), 2u);
    EXPECT_EQ(again.find("t0")->job_id, "12");
    EXPECT_TRUE(again.find("t0")->released);
    EXPECT_EQ(again.find("t1")->stage, JobStage::intended);
    EXPECT_EQ(again.find("t2"), nullptr);
    EXPECT_EQ(again.job_names().size(), 2u);
}

TEST(Journal, CutAtAnyByteItStillReads)
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "journal.jsonl";
    {
        Journal journal(file);
        journal.intend("t0", "q.g0.a0.t0", 0, "a0");
        journal.accept("t0", "12");
    }
    std::ifstream input(file);
    const std::string whole{std::istreambuf_iterator<char>(input), {}};
    for (std::size_t length = 0; length <= whole.size(); ++length) {
        std::ofstream(file, std::ios::trunc) << whole.substr(0, length);
        {
            Journal journal(file);
            journal.intend("t9", "q.g0.a9.t9", 0, "a9");
        }
        const Journal again(file);
        ASSERT_NE(again.find("t9"), nullptr) << length;  // what follows a torn line is not lost with it
        EXPECT_EQ(again.find("t9")->job, "a9") << length;
    }
}

TEST(Journal, ASecondIntentRemembersTheOldJob)
{
    const TemporaryFolder folder;
    Journal journal(folder.path() / "j");
    journal.intend("t0", "n", 0, "a0");
    journal.accept("t0", "12");
    journal.reject("t0", "taken back");
    journal.intend("t0", "n", 0, "a0");
    EXPECT_EQ(journal.find("t0")->past_ids, std::vector<std::string>{"12"});
    EXPECT_TRUE(journal.find("t0")->job_id.empty());
}

TEST(Journal, WithoutAPlaceNothingIsSubmitted)
{
    Journal journal("/nonexistent/folder/journal.jsonl");
    EXPECT_THROW(journal.intend("t0", "n", 0, "a0"), IoError);
}

}  // namespace
}  // namespace specsweep::slurm
