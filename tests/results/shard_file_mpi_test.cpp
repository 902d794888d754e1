#include "results/shard_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "base/json.hpp"
#include "metrics/columns.hpp"
#include "mpi/collectives.hpp"
#include "results/aggregate.hpp"
#include "results/derived_store.hpp"
#include "results/layout.hpp"
#include "results/result_file.hpp"
#include "serial_shard.hpp"
#include "support/temporary_folder.hpp"

namespace specsweep::results {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ShardFileTest : public ::testing::Test {
protected:
    ShardFileTest() : world(mpi::Communicator::world().duplicate())
    {
        std::string text;
        if (world.is_root()) {
            own.emplace();
            text = own->path().string();
        }
        mpi::broadcast(world, text, 0);
        folder = text;
    }
    ~ShardFileTest() override { mpi::barrier(world); }

    /// As a run does: every rank takes every size()-th unit that is pending.
    void run(const std::filesystem::path& path, const sweep::Plan& plan, std::int32_t shard, std::int64_t most = 1000)
    {
        ShardFile file = ShardFile::open_or_create(world, path, plan, shard);
        std::int64_t turn = 0;
        for (const std::int64_t row : file.units()) {
            const bool is_first =
                plan.units[static_cast<std::size_t>(row)].canonical_row == row ||
                plan.units[static_cast<std::size_t>(row)].shard !=
                    plan.units[static_cast<std::size_t>(plan.units[static_cast<std::size_t>(row)].canonical_row)].shard;
            if (file.state(row) != UnitState::pending || !is_first)
                continue;
            if (turn < most && turn % world.size() == world.rank()) {
                UnitResult result = made_up(plan, row);
                result.timing.rank = world.rank();
                result.timing.ranks = world.size();
                file.write(row, result);
            }
            ++turn;
        }
        file.derive();
        if (world.is_root())
            file.write_provenance({{"ranks", world.size()}});
        file.close();
    }

    mpi::Communicator world;
    std::optional<TemporaryFolder> own;
    std::filesystem::path folder;
};

TEST_F(ShardFileTest, ARunLeavesDerivedValues)
{
    const sweep::Plan plan = small_plan();
    run(folder / "a.h5", plan, 0);
    mpi::barrier(world);
    if (!world.is_root())
        return;
    const ResultFile file = ResultFile::open(folder / "a.h5");
    std::vector<double> values(static_cast<std::size_t>(file.size()) * metrics::columns().size());
    std::vector<std::uint32_t> crcs(static_cast<std::size_t>(file.size()));
    DerivedStore::open(file.file(), file.size())->read(0, values, crcs);
    std::int64_t derived = 0;
    for (std::size_t row = 0; row < crcs.size(); ++row) {
        if (crcs[row] == 0)  // its reasons do not fit
            continue;
        ++derived;
        const auto reference = static_cast<std::size_t>(file.contents().units[row].reference);
        const auto own = std::span(values).subspan(row * metrics::columns().size(), metrics::columns().size());
        EXPECT_EQ(crcs[row],
                  derived_crc(file.columns().crcs[row], reference == row ? 0 : file.columns().crcs[reference], own,
                              file.columns().reasons[row]))
            << row;
    }
    EXPECT_EQ(derived, 5) << "as one process derives (derived_store_test.cpp)";
}

TEST_F(ShardFileTest, HoldsWhatAllRanksWrote)
{
    const sweep::Plan plan = small_plan();
    run(folder / "shard-0000.h5", plan, 0);
    ShardFile file = ShardFile::open_or_create(world, folder / "shard-0000.h5", plan, 0);
    EXPECT_EQ(file.states(), std::vector<UnitState>(21, UnitState::done));
    EXPECT_TRUE(file.damaged().empty());
    for (const std::int64_t row : file.units()) {
        const UnitResult held = file.read(row);
        const UnitResult wanted = made_up(plan, row);
        EXPECT_EQ(held.sigma, wanted.sigma);
        EXPECT_EQ(held.error, wanted.error);
        EXPECT_EQ(held.moments.inner_product, wanted.moments.inner_product);
        EXPECT_EQ(held.timing.ranks, world.size());
    }
    file.close();
}

TEST_F(ShardFileTest, GoesOnWhereAnEarlierRunEnded)
{
    const sweep::Plan plan = small_plan(2);
    for (int attempt = 0; attempt < 8; ++attempt)
        run(folder / "shard-0001.h5", plan, 1, 2);
    ShardFile file = ShardFile::open_or_create(world, folder / "shard-0001.h5", plan, 1);
    EXPECT_EQ(file.states(), std::vector<UnitState>(9, UnitState::done));
    EXPECT_THAT(file.units(), ElementsAre(3, 4, 5, 9, 10, 11, 15, 16, 17));
    file.close();
}

TEST_F(ShardFileTest, EveryRankLearnsWhatWasDamaged)
{
    const sweep::Plan plan = small_plan();
    const std::filesystem::path path = folder / "shard-0000.h5";
    run(path, plan, 0);
    if (world.is_root()) {
        std::int64_t at = 0;
        {
            const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
            at = hdf5::Dataset::byte_range(file, layout::spectra::sigma).first;
        }
        flip_byte(path, at);
    }
    mpi::barrier(world);
    ShardFile file = ShardFile::open_or_create(world, path, plan, 0);
    EXPECT_THAT(file.damaged(), ElementsAre(0));
    EXPECT_EQ(file.state(0), UnitState::pending);
    EXPECT_EQ(file.state(1), UnitState::done);
    file.close();
}

TEST_F(ShardFileTest, RefusesTheSameOnEveryRank)
{
    const sweep::Plan plan = small_plan();
    EXPECT_THROW(ShardFile::open_or_create(world, folder / "missing" / "a.h5", plan, 0), IoError);
    EXPECT_THROW(ShardFile::open_or_create(world, folder / "a.h5", plan, 5), UsageError);
    run(folder / "a.h5", plan, 0);
    try {
        ShardFile::open_or_create(world, folder / "a.h5", small_plan(3), 0);
        ADD_FAILURE();
    } catch (const UsageError& error) {
        EXPECT_THAT(error.what(), HasSubstr("another cut"));
    }
}

TEST_F(ShardFileTest, AnAgreedErrorLeavesTheFileReadable)
{
    const sweep::Plan plan = small_plan();
    const std::filesystem::path path = folder / "a.h5";
    EXPECT_THROW(
        {
            ShardFile file = ShardFile::open_or_create(world, path, plan, 0);
            if (world.is_root())
                file.write(0, made_up(plan, 0));
            mpi::barrier(world);
            throw IoError("on every rank");
        },
        IoError);
    mpi::barrier(world);
    if (world.is_root()) {
        EXPECT_EQ(resume_point(path, plan).states[0], UnitState::done);
    }
}

TEST_F(ShardFileTest, RefusesASpectrumOfTheWrongLength)
{
    const sweep::Plan plan = small_plan();
    ShardFile file = ShardFile::open_or_create(world, folder / "a.h5", plan, 0);
    UnitResult result = made_up(plan, 0);
    result.sigma.pop_back();
    EXPECT_THROW(file.write(0, result), InternalError);
    EXPECT_THROW(static_cast<void>(file.read(21)), InternalError);
    file.close();
}

TEST_F(ShardFileTest, TheAggregateDoesNotDependOnRanksOrCut)
{
    const sweep::Plan one = small_plan(1);
    const sweep::Plan three = small_plan(3);
    if (world.is_root()) {
        std::filesystem::create_directories(folder / "one");
        std::filesystem::create_directories(folder / "three");
        fill_shard(folder / "one" / "shard-0000.h5", one);
        aggregate(std::array{folder / "one"}, folder / "one.h5");
    }
    mpi::barrier(world);
    for (std::int32_t shard = 0; shard < 3; ++shard) {
        run(folder / "three" / ("shard-000" + std::to_string(shard) + ".h5"), three, shard, 3);
        run(folder / "three" / ("shard-000" + std::to_string(shard) + ".h5"), three, shard);
    }
    if (world.is_root()) {
        const AggregateSummary summary = aggregate(std::array{folder / "three"}, folder / "three.h5");
        EXPECT_TRUE(summary.complete());
        EXPECT_TRUE(bytes_of(folder / "one.h5") == bytes_of(folder / "three.h5"));
    }
}

}  // namespace
}  // namespace specsweep::results
