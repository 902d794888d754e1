#include "mpi/shared_counter.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "base/error.hpp"
#include "mpi/collectives.hpp"

namespace specsweep::mpi {
namespace {

TEST(SharedCounter, CountsWhatAllRanksAdd)
{
    const Communicator node = Communicator::world().split_by_node();
    SharedCounter counter(node);
    for (int i = 0; i < 10000; ++i)
        counter.fetch_add(1 + node.rank());
    barrier(node);
    const std::int64_t ranks = node.size();
    EXPECT_EQ(counter.value(), 10000 * ranks * (ranks + 1) / 2);
    barrier(node);  // nobody frees the window while another one reads
}

TEST(SharedCounter, SeveralLiveSideBySide)
{
    const Communicator node = Communicator::world().split_by_node();
    SharedCounter first(node);
    SharedCounter second(node);
    first.fetch_add(1);
    second.fetch_add(100);
    barrier(node);
    EXPECT_EQ(first.value(), node.size());
    EXPECT_EQ(second.value(), 100 * node.size());
    barrier(node);
}

TEST(SharedCounter, NeedsNoProgressOfTheOtherRanks)
{
    // Rank 0 sits outside MPI until the last rank has counted to the end, which it sees in the counter alone.
    const Communicator node = Communicator::world().split_by_node();
    SharedCounter counter(node);
    if (node.rank() == node.size() - 1)
        counter.fetch_add(1000);
    while (node.is_root() && counter.value() < 1000) {
    }
    barrier(node);
    EXPECT_EQ(counter.value(), 1000);
    barrier(node);
}

TEST(WorkQueue, HandsOutEveryItemOnce)
{
    const Communicator node = Communicator::world().split_by_node();
    for (const std::int64_t count : {0, 1, 7, 5000}) {
        WorkQueue queue(node, count);
        std::vector<std::int64_t> taken(static_cast<std::size_t>(count));
        std::int64_t last = -1;
        while (const std::optional<std::int64_t> item = queue.next()) {
            EXPECT_GT(*item, last);
            EXPECT_LT(*item, count);
            last = *item;
            ++taken[static_cast<std::size_t>(*item)];
        }
        EXPECT_EQ(queue.next(), std::nullopt) << "an empty queue stays empty";
        EXPECT_EQ(queue.remaining(), 0);
        for (const std::int64_t mine : taken)
            EXPECT_EQ(all_sum(node, mine), 1);
    }
}

TEST(WorkQueue, TellsWhatRemains)
{
    const Communicator node = Communicator::world().split_by_node();
    WorkQueue queue(node, 10);
    barrier(node);
    EXPECT_TRUE(queue.next().has_value());
    barrier(node);
    EXPECT_EQ(queue.remaining(), 10 - node.size());
    barrier(node);
}

}  // namespace
}  // namespace specsweep::mpi
