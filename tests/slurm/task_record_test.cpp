#include "slurm/task_record.hpp"

#include <gtest/gtest.h>

#include "slurm/cluster.hpp"

namespace specsweep::slurm {
namespace {

TEST(Squeue, OneRecordATaskAndMessagesSkipped)
{
    const auto records = parse_squeue(
        "slurm_load_jobs error: something\n"
        "12_3|RUNNING|None|2026-01-01T00:00:00|1:58|n[1-2]|q.g0.a0.abc\n"
        "12_[5-6%2]|PENDING|JobArrayTaskLimit|N/A|2:00||q.g0.a0.abc\n"
        "14|PENDING|Dependency|N/A|1:00:00||q.g0.aggregate.def\n\n");
    ASSERT_EQ(records.size(), 4u);
    EXPECT_EQ(records[0].job, "12");
    EXPECT_EQ(records[0].task, 3);
    EXPECT_EQ(records[0].nodes, "n[1-2]");
    EXPECT_TRUE(records[0].active());
    EXPECT_EQ(records[2].task, 6);
    EXPECT_EQ(records[2].reason, "JobArrayTaskLimit");
    EXPECT_EQ(records[3].task, -1);
}

TEST(Sacct, TheLastRecordOfATaskCounts)
{
    const auto records = parse_sacct(
        "12_0|PREEMPTED|2026-01-01T00:00:00|n1|q|12\n"
        "12_0|COMPLETED|2026-01-01T01:00:00|n2|q|12\n"
        "12_1|CANCELLED by 1001|Unknown|None assigned|q|13\n");
    ASSERT_EQ(records.size(), 2u);
    EXPECT_EQ(records[0].state, "COMPLETED");
    EXPECT_EQ(records[1].state, "CANCELLED");
    EXPECT_FALSE(records[1].active());
}

TEST(Jobcomp, KnowsArrayTasks)
{
    const auto records = parse_jobcomp(
        "JobId=9 UserId=root(0) Name=q.g0.a0.abc JobState=TIMEOUT Partition=main NodeList=n1 ArrayJobId=7 "
        "ArrayTaskId=2 "
        "DerivedExitCode=0:0 ExitCode=0:15 \n"
        "JobId=10 UserId=root(0) Name=q.g0.aggregate.d JobState=COMPLETED NodeList=n1 ExitCode=0:0 \nrubbish\n");
    ASSERT_EQ(records.size(), 2u);
    EXPECT_EQ(records[0].job, "10");
    EXPECT_EQ(records[0].task, -1);
    EXPECT_EQ(records[1].job, "7");
    EXPECT_EQ(records[1].task, 2);
    EXPECT_EQ(records[1].state, "TIMEOUT");
    EXPECT_EQ(records[1].job_name, "q.g0.a0.abc");
}

TEST(Config, LimitsAreReadFromBothPlaces)
{
    const ClusterConfig config = parse_config(
        "Configuration data as of 2026-01-01\nMaxArraySize            = 1001\nSchedulerParameters     = "
        "defer,max_array_tasks=100,bf_window=10\nAccountingStorageType   = accounting_storage/none\n");
    EXPECT_EQ(most_array_tasks(config), 100);
    EXPECT_FALSE(has_accounting(config));
    EXPECT_FALSE(scheduler_parameter(config, "max_array"));
    EXPECT_EQ(most_array_tasks(parse_config("MaxArraySize = 8\n")), 8);
    EXPECT_EQ(most_array_tasks({}), 1001);
}

}  // namespace
}  // namespace specsweep::slurm
