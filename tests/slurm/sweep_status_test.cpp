#include "slurm/sweep_status.hpp"

#include <gtest/gtest.h>

#include "slurm/resume.hpp"

namespace specsweep::slurm {
namespace {

/// Six shards of ten units in one array; shard 0 is complete.
struct Case {
    std::vector<Generation> generations{1};
    results::Status files;
    QueueAnswer queue;
    std::map<std::int32_t, std::vector<Attempt>> attempts;

    Case()
    {
        Generation::Array array;
        array.job.name = "a0";
        array.job.shards = {0, 1, 2, 3, 4, 5};
        array.script.job_name = "q.g0.a0.t";
        generations[0].arrays.push_back(array);
        for (std::int32_t i = 0; i < 6; ++i) {
            results::ShardStatus shard;
            shard.shard = i;
            shard.units = 10;
            shard.done = i == 0 ? 10 : 0;
            shard.pending = 10 - shard.done;
            shard.condition = i == 0 ? results::ShardCondition::complete : results::ShardCondition::absent;
            files.shards.push_back(shard);
        }
        files.planned = 60;
        files.pending = 50;
        files.done = 10;
        queue.reached = true;
    }

    void slurm(std::int64_t task, const std::string& state, const std::string& job = "7",
               const std::string& nodes = "n2")
    {
        TaskRecord record;
        record.job = job;
        record.task = task;
        record.state = state;
        record.nodes = nodes;
        record.job_name = "q.g0.a0.t";
        queue.tasks.push_back(record);
    }
    void attempt(std::int32_t shard, const std::string& text) { attempts[shard] = parse_attempts(text); }
    SweepStatus joined() const { return join_status(files, scripts_by_name(generations), queue, attempts); }
    std::vector<ShardNeed> needs() const
    {
        std::vector<ShardNeed> all;
        for (std::int32_t i = 0; i < 6; ++i)
            all.push_back({.shard = i, .memory_per_rank = 100, .seconds = 1, .longest_unit_seconds = 1});
        return all;
    }
};

TEST(JoinStatus, ResultFilesAreTheTruth)
{
    Case one;
    one.slurm(0, "FAILED");     // complete all the same
    one.slurm(1, "COMPLETED");  // not complete all the same
    const SweepStatus status = one.joined();
    EXPECT_EQ(status.shards[0].state, ShardState::complete);
    EXPECT_EQ(status.shards[1].state, ShardState::failed);
}

TEST(JoinStatus, SaysHowATaskEnded)
{
    Case one;
    one.slurm(1, "RUNNING");
    one.slurm(2, "TIMEOUT");
    one.slurm(3, "OUT_OF_MEMORY");
    one.slurm(4, "NODE_FAIL");
    one.slurm(5, "PENDING");
    const SweepStatus status = one.joined();
    EXPECT_EQ(status.shards[1].state, ShardState::running);
    EXPECT_EQ(status.shards[2].state, ShardState::timeout);
    EXPECT_EQ(status.shards[3].state, ShardState::out_of_memory);
    EXPECT_EQ(status.shards[4].state, ShardState::node_fail);
    EXPECT_EQ(status.shards[5].state, ShardState::waiting);
    EXPECT_EQ(status.shards[5].job, "7_5");
    EXPECT_TRUE(status.active());
}

TEST(JoinStatus, WorksWhenSlurmHasForgottenAll)
{
    Case one;
    one.attempt(1, "begin 100 7_1 0 n1 t -\nend 160 7_1 0 n1 t 75\n");
    one.attempt(2, "begin 100 7_2 0 n1 t -\n");
    one.attempt(3, "begin 100 7_3 0 n1 t -\nend 160 7_3 0 n1 t 137\n");
    one.attempt(4, "begin 100 7_4 0 n2 t -\nend 160 7_4 0 n2 t 64\n");
    const SweepStatus status = one.joined();
    EXPECT_EQ(status.shards[1].state, ShardState::stopped);
    EXPECT_EQ(status.shards[2].state, ShardState::lost);
    EXPECT_EQ(status.shards[3].state, ShardState::out_of_memory);
    EXPECT_EQ(status.shards[4].state, ShardState::failed);
    EXPECT_EQ(status.shards[4].exit_code, 64);
    EXPECT_EQ(status.shards[5].state, ShardState::unsubmitted);
}

TEST(JoinStatus, AnActiveTaskSpeaksBeforeAnEndedOne)
{
    Case one;
    one.slurm(1, "RUNNING", "8");  // submitted by hand a second time
    one.slurm(1, "TIMEOUT", "9");
    EXPECT_EQ(one.joined().shards[1].state, ShardState::running);
    one.queue.tasks.clear();
    one.slurm(1, "TIMEOUT", "9");
    one.slurm(1, "OUT_OF_MEMORY", "10");
    EXPECT_EQ(one.joined().shards[1].state, ShardState::out_of_memory);
}

TEST(JoinStatus, ATaskOfSeveralShards)
{
    Case one;
    one.generations[0].arrays[0].job.per_task = 4;
    one.slurm(1, "RUNNING");
    const SweepStatus status = one.joined();
    EXPECT_EQ(status.shards[3].state, ShardState::unsubmitted);
    EXPECT_EQ(status.shards[4].state, ShardState::running);
    EXPECT_EQ(status.shards[5].state, ShardState::running);
}

TEST(Resume, TakesOnlyWhatIsNeitherCompleteNorQueued)
{
    Case one;
    one.slurm(1, "RUNNING");
    one.slurm(2, "PENDING");
    one.slurm(3, "CANCELLED");
    const ResumePlan plan = plan_resume(one.joined(), one.needs(), 3);
    std::vector<std::int32_t> shards;
    for (const ShardNeed& need : plan.needs)
        shards.push_back(need.shard);
    EXPECT_EQ(shards, (std::vector<std::int32_t>{3, 4, 5}));
    EXPECT_EQ(plan.needs[0].memory_per_rank, 100);
    EXPECT_EQ(plan.needs[0].time_factor, 1);
}

TEST(Resume, ReactsByCause)
{
    Case one;
    one.slurm(1, "OUT_OF_MEMORY");
    one.slurm(2, "TIMEOUT");
    one.slurm(3, "NODE_FAIL");
    one.attempt(1, "begin 1 7_1 0 n1 t -\nend 2 7_1 0 n1 t 137\nbegin 3 8_1 0 n1 t -\n");
    one.attempt(2, "begin 1 7_2 0 n1 t -\n");
    one.attempt(3, "begin 1 7_3 0 n2 t -\n");
    one.slurm(4, "FAILED");
    one.attempt(4, "begin 1 7_4 0 n1 t -\nend 2 7_4 0 n1 t 65\n");  // bad data: would come again
    one.slurm(5, "FAILED");
    one.attempt(5, "begin 1 7_5 0 n1 t -\nend 2 7_5 0 n1 t 70\n");
    const ResumePlan plan = plan_resume(one.joined(), one.needs(), 3);
    ASSERT_EQ(plan.needs.size(), 4u);
    EXPECT_EQ(plan.needs[0].memory_per_rank, 400);  // twice, for each of two such ends
    EXPECT_EQ(plan.needs[1].time_factor, 2);
    EXPECT_EQ(plan.exclude_nodes, std::vector<std::string>{"n2"});
    EXPECT_EQ(plan.needs[3].shard, 5);
    EXPECT_EQ(plan.given_up, std::vector<std::int32_t>{4});
}

TEST(Resume, GivesUpAfterTooManyFailuresInARow)
{
    Case one;
    std::string text;
    for (int i = 0; i < 4; ++i)
        text += "begin 1 7_1 " + std::to_string(i) + " n1 t -\nend 2 7_1 " + std::to_string(i) + " n1 t 70\n";
    one.attempt(1, text);
    EXPECT_EQ(plan_resume(one.joined(), one.needs(), 3).given_up, std::vector<std::int32_t>{1});
    EXPECT_TRUE(plan_resume(one.joined(), one.needs(), 4).given_up.empty());
    one.attempt(1, text + "begin 1 7_1 9 n1 t -\nend 2 7_1 9 n1 t 75\n");  // it got on meanwhile
    EXPECT_TRUE(plan_resume(one.joined(), one.needs(), 3).given_up.empty());
}

TEST(StatusText, NamesTheCommandThatGoesOn)
{
    Case one;
    one.slurm(3, "CANCELLED");
    SweepStatus status = one.joined();
    status.folder = "/s/d";
    EXPECT_NE(to_text(status).find("specsweep slurm resume /s/d"), std::string::npos) << to_text(status);
    status.unreleased = {"a1"};
    EXPECT_NE(to_text(status).find("specsweep slurm submit /s/d"), std::string::npos);
    status.folder = "/s/it's $(here)";  // to be pasted into a shell
    EXPECT_NE(to_text(status).find(R"(specsweep slurm submit '/s/it'\''s $(here)')"), std::string::npos)
        << to_text(status);
}

TEST(Attempts, SkipWhatTheyDoNotUnderstand)
{
    const auto attempts = parse_attempts("begin 1 7_1 0 n1 t -\nbegin x\nend 2 9_9 0 n1 t 0\n\xff\nend 2 7_1 0 n1 t 3");
    ASSERT_EQ(attempts.size(), 1u);
    EXPECT_EQ(attempts[0].code, 3);
}

}  // namespace
}  // namespace specsweep::slurm
