#include "mpi/communicator.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <utility>

#include "base/error.hpp"
#include "mpi/collectives.hpp"
#include "mpi/error.hpp"

namespace specsweep::mpi {
namespace {

TEST(Communicator, WorldHoldsEveryRankOnce)
{
    const Communicator world = Communicator::world();
    EXPECT_EQ(all_sum(world, 1), world.size());
    EXPECT_EQ(all_sum(world, world.rank()), std::int64_t{world.size()} * (world.size() - 1) / 2);
}

TEST(Communicator, SelfIsOneRank)
{
    const Communicator self = Communicator::self();
    EXPECT_EQ(self.size(), 1);
    EXPECT_TRUE(self.is_root());
}

TEST(Communicator, SplitsByColourAndOrdersByKey)
{
    const Communicator world = Communicator::world();
    const int color = world.rank() % 2;
    const Communicator half = world.split(color, -world.rank());
    EXPECT_EQ(half.size(), (world.size() + 1 - color) / 2);
    // Reversed by the key: the highest world rank of the colour comes first.
    EXPECT_EQ(all_gather(half, world.rank()).front(), all_max(half, std::int64_t{world.rank()}));
    EXPECT_EQ(all_max(half, std::int64_t{color}), all_min(half, std::int64_t{color}));
}

TEST(Communicator, LeavesOutRanksWithoutColour)
{
    const Communicator world = Communicator::world();
    const bool in = world.rank() != 0;
    const std::optional<Communicator> others =
        world.split_some(in ? std::optional<int>(0) : std::nullopt, world.rank());
    EXPECT_EQ(others.has_value(), in);
    EXPECT_EQ(others ? others->size() : 0, in ? world.size() - 1 : 0);
}

TEST(Communicator, NodeOfThisMachineHoldsAllRanksOfTheTest)
{
    const Communicator world = Communicator::world();
    const Communicator node = world.split_by_node();
    EXPECT_EQ(node.size(), world.size());
    EXPECT_EQ(node.rank(), world.rank());
}

TEST(Communicator, MovesItsHandle)
{
    Communicator first = Communicator::world().duplicate();
    const MPI_Comm handle = first.handle();
    Communicator second = std::move(first);
    EXPECT_EQ(second.handle(), handle);
    second = Communicator::world().duplicate();
    EXPECT_EQ(all_sum(second, 1), second.size());
}

TEST(Communicator, IsNotFreedWhileAnExceptionPasses)
{
    // Freeing is collective: had rank 0 to wait for the others here, this test would hang.
    const Communicator world = Communicator::world();
    const auto leave = [&] {
        const Communicator twin = world.duplicate();
        if (world.is_root())
            throw std::runtime_error("rank 0 leaves");
        barrier(world);
    };
    bool thrown = false;
    try {
        leave();
    } catch (const std::runtime_error&) {
        thrown = true;
        barrier(world);
    }
    EXPECT_EQ(thrown, world.is_root());
}

TEST(Check, TellsWhatMpiSays)
{
    int size = 0;
    try {
        check(MPI_Comm_size(MPI_COMM_NULL, &size), "MPI_Comm_size");
        ADD_FAILURE() << "an invalid communicator was accepted";
    } catch (const InternalError& error) {
        EXPECT_EQ(error.problem(), "MPI_Comm_size failed");
        EXPECT_FALSE(error.why().empty());
    }
}

}  // namespace
}  // namespace specsweep::mpi
