// status, verify and compare: what is said of files without changing them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "results/aggregate.hpp"
#include "results/compare.hpp"
#include "results/file_names.hpp"
#include "results/status.hpp"
#include "results/verify.hpp"
#include "serial_shard.hpp"
#include "support/temporary_folder.hpp"

namespace specsweep::results {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

UnitResult failure(const std::string& reason)
{
    UnitResult result;
    result.state = UnitState::failed;
    result.reason = reason;
    return result;
}

std::int64_t second_value_in(const std::filesystem::path& path, const std::string& dataset)
{
    const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
    const auto range = hdf5::Dataset::byte_range(file, dataset);
    try {
        return range.first + hdf5::TextColumn::open(file, dataset).width();
    } catch (const InputError&) {
    }
    const bool is_long = !dataset.ends_with("/state") && !dataset.ends_with("/content_crc");
    return range.first + (is_long ? 15 : 1);
}

TEST(Status, CountsShardsOfAPlan)
{
    const TemporaryFolder folder;
    const sweep::Plan plan = small_plan(4);
    fill_shard(shard_path(folder.path(), 0), plan, 0);
    fill_shard(shard_path(folder.path(), 1), plan, 1, [&](std::int64_t row) {
        return row < 5 ? failure("unit:nonfinite[" + std::to_string(row) + ",0]=nan") : UnitResult{};
    });
    sweep::Plan other = small_plan(4);
    other.seed = 9;
    sweep::seal(other);
    fill_shard(shard_path(folder.path(), 2), other, 2);
    write_text_file_atomically(folder / "plan.json", sweep::plan_to_text(plan));

    const Status found = results::status(folder / "plan.json");
    ASSERT_EQ(found.shards.size(), 4U);
    EXPECT_EQ(found.shards[0].condition, ShardCondition::complete);
    EXPECT_EQ(found.shards[1].condition, ShardCondition::incomplete);
    EXPECT_EQ(found.shards[2].condition, ShardCondition::stale);
    EXPECT_EQ(found.shards[3].condition, ShardCondition::absent);
    EXPECT_EQ(found.planned, 21);
    EXPECT_EQ(found.done, 6);
    EXPECT_EQ(found.failed, 2);
    EXPECT_EQ(found.pending, 13);
    EXPECT_EQ(found.stale, 6);
    EXPECT_EQ(found.missing(), 0);
    EXPECT_THAT(found.reasons, ElementsAre(Pair("unit:nonfinite", 2)));
    EXPECT_EQ(to_json(found)["shards"][2]["condition"], "stale");
    EXPECT_THAT(to_text(found), HasSubstr("2 × unit:nonfinite"));
}

TEST(Status, CountsAFolderAndAFile)
{
    const TemporaryFolder folder;
    const sweep::Plan plan = small_plan(3);
    fill_shard(shard_path(folder.path(), 0), plan, 0);
    fill_shard(shard_path(folder.path(), 2), plan, 2);
    EXPECT_EQ(results::status(folder.path()).missing(), 6);
    EXPECT_TRUE(results::status(shard_path(folder.path(), 0)).complete());
    std::filesystem::resize_file(shard_path(folder.path(), 2), 5000);
    const Status found = results::status(folder.path());
    EXPECT_EQ(found.shards.at(1).condition, ShardCondition::damaged);
    EXPECT_THAT(found.shards.at(1).note, HasSubstr("truncated"));
    EXPECT_THROW(results::status(folder / "nothing"), IoError);
}

TEST(Status, SaysSoOfWhatIsNeither)
{
    const TemporaryFolder folder;
    write_text_file_atomically(folder / "text", "hello");
    EXPECT_THROW(results::status(folder / "text"), Error);
    EXPECT_THROW(results::status(folder.path()), InputError);
}

class Verify : public ::testing::Test {
protected:
    Verify()
    {
        fill_shard(shard, plan);
        aggregate(std::array{shard}, whole);
    }
    const TemporaryFolder folder;
    const sweep::Plan plan = small_plan();
    const std::filesystem::path shard = folder / "shard-0000.h5";
    const std::filesystem::path whole = folder / "whole.h5";
};

TEST_F(Verify, FindsNothingInIntactFilesAndWritesNothing)
{
    const std::string before = bytes_of(whole);
    for (const auto& path : {shard, whole}) {
        const Verification found = verify(path);
        EXPECT_THAT(found.findings, IsEmpty()) << to_text(found);
        EXPECT_EQ(found.done, 21);
        EXPECT_GT(found.checks, 60);
        EXPECT_EQ(found.exit_code(), ExitCode::complete);
    }
    EXPECT_TRUE(verify(whole).complete);
    EXPECT_TRUE(bytes_of(whole) == before);
}

TEST_F(Verify, FindsAFlippedBitInEveryDatasetOfAnAggregate)
{
    const std::string intact = bytes_of(whole);
    std::vector<std::string> datasets;
    {
        const hdf5::File file = hdf5::File::open(whole, hdf5::Access::read);
        for (const std::string& group : file.names("/"))
            for (const std::string& name : file.names("/" + group))
                datasets.push_back("/" + group + "/" + name);
    }
    EXPECT_GT(datasets.size(), 60U);
    for (const std::string& dataset : datasets) {
        // The second row: the exponent of a number (NaN becomes one), the first letter of a text.
        flip_byte(whole, second_value_in(whole, dataset), 0x10);
        EXPECT_FALSE(verify(whole).findings.empty()) << dataset;
        std::ofstream(whole, std::ios::binary | std::ios::trunc) << intact;
    }
}

TEST_F(Verify, ATruncatedOrForeignFileIsAFinding)
{
    std::filesystem::resize_file(whole, std::filesystem::file_size(whole) / 2);
    EXPECT_EQ(verify(whole).exit_code(), ExitCode::bad_input);
    EXPECT_THAT(to_text(verify(whole)), HasSubstr("truncated"));
    std::ofstream(folder / "text.h5") << "no";
    EXPECT_EQ(verify(folder / "text.h5").exit_code(), ExitCode::bad_input);
    EXPECT_THROW(verify(folder / "nothing.h5"), IoError);
}

TEST_F(Verify, FindsWhatTheMathematicsForbids)
{
    const auto findings_with = [&](const std::function<void(UnitResult&)>& change) {
        std::filesystem::remove(shard);
        fill_shard(shard, plan, 0, [&](std::int64_t row) {
            UnitResult result = made_up(plan, row);
            if (row == 1)
                change(result);
            return result;
        });
        std::vector<std::string> checks;
        for (const Finding& finding : verify(shard).findings)
            checks.push_back(finding.check);
        return checks;
    };
    EXPECT_THAT(findings_with([](UnitResult&) {}), IsEmpty());
    EXPECT_THAT(findings_with([](UnitResult& r) { std::swap(r.sigma[0], r.sigma[1]); }), ElementsAre("spectrum"));
    EXPECT_THAT(findings_with([](UnitResult& r) { r.sigma[0] = NAN; }), ElementsAre("spectrum"));
    EXPECT_THAT(findings_with([](UnitResult& r) { r.error[1] = -1; }), ElementsAre("spectrum"));
    EXPECT_THAT(findings_with([](UnitResult& r) { r.moments.frobenius_squared *= 1 + 1e-9; }), ElementsAre("spectrum"));
    EXPECT_THAT(findings_with([](UnitResult& r) { r.moments.error_frobenius_squared *= 1e-3; }), ElementsAre("pair"));
}

TEST(Compare, TellsIdenticalFromWithinFromBeyond)
{
    const TemporaryFolder folder;
    const sweep::Plan plan = small_plan();
    fill_shard(folder / "a.h5", plan);
    fill_shard(folder / "b.h5", plan, 0, [&](std::int64_t row) {
        UnitResult result = made_up(plan, row);
        if (row == 1)
            result.sigma[0] += 1e-12;
        if (row == 2)
            result.sigma[1] += 1e-9;
        if (row == 4)
            result = failure("unit:lapack");
        return result;
    });
    EXPECT_EQ(compare(folder / "a.h5", folder / "a.h5").exit_code(), ExitCode::complete);
    const Comparison found = compare(folder / "a.h5", folder / "b.h5");
    EXPECT_TRUE(found.same_sweep);
    EXPECT_EQ(found.units_compared, 21);
    EXPECT_EQ(found.identical, 18);
    EXPECT_EQ(found.within_bounds, 1);
    EXPECT_EQ(found.differing, 2);
    ASSERT_EQ(found.differences.size(), 2U);
    EXPECT_EQ(found.differences[0].column, "sigma");
    EXPECT_EQ(found.differences[0].k, 2);
    EXPECT_NEAR(found.differences[0].beyond, 500, 1);
    EXPECT_EQ(found.differences[1].column, "state");
    EXPECT_EQ(found.exit_code(), ExitCode::differs);
    EXPECT_THAT(to_text(found), HasSubstr("1 within their bounds"));
}

TEST(Compare, NamesUnitsThatOnlyOneFileHas)
{
    const TemporaryFolder folder;
    const sweep::Plan plan = small_plan(2);
    fill_shard(folder / "a.h5", plan, 0);
    fill_shard(folder / "b.h5", plan, 1);
    const Comparison found = compare(folder / "a.h5", folder / "b.h5");
    EXPECT_EQ(found.units_compared, 0);
    EXPECT_EQ(found.only_left, 12);
    EXPECT_EQ(found.only_right, 9);
    EXPECT_EQ(to_json(found)["same"], false);
}

}  // namespace
}  // namespace specsweep::results
