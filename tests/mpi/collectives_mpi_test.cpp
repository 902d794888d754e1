#include "mpi/collectives.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

namespace specsweep::mpi {
namespace {

const Communicator& world()
{
    static const Communicator comm = Communicator::world();
    return comm;
}

/// A letter that depends on the place alone.
char letter(std::size_t at)
{
    return static_cast<char>('a' + at * 7 % 26);
}

std::string text_of(std::size_t length)
{
    std::string text(length, ' ');
    for (std::size_t at = 0; at < length; ++at)
        text[at] = letter(at);
    return text;
}

TEST(AddInRankOrder, GivesEveryRankTheSameSumForEveryLength)
{
    const auto ranks = static_cast<std::size_t>(world().size());
    // Terms of very different size: another order would round differently.
    const auto term = [](std::size_t rank, std::size_t at) {
        return std::ldexp(1 + 0.37 * static_cast<double>(at % 11), static_cast<int>(rank * 29 % 53)) / 3;
    };
    for (const std::size_t length : {0U, 1U, 2U, 7U, 1000U}) {
        std::vector<double> values(length), scratch(length + ranks);
        for (std::size_t i = 0; i < length; ++i)
            values[i] = term(static_cast<std::size_t>(world().rank()), i);
        add_in_rank_order(world(), values, scratch);
        for (std::size_t i = 0; i < length; ++i) {
            double sum = term(0, i);
            for (std::size_t r = 1; r < ranks; ++r)
                sum += term(r, i);
            ASSERT_EQ(values[i], sum) << i << " of " << length;
        }
    }
}

TEST(Broadcast, TextOfAnyLengthFromAnyRoot)
{
    for (int root = 0; root < world().size(); ++root) {
        for (const std::size_t length : {0U, 1U, 8U, 100000U}) {
            std::string text = world().rank() == root ? text_of(length) : "what was here before";
            broadcast(world(), text, root);
            EXPECT_EQ(text, text_of(length)) << "root " << root;
        }
    }
}

TEST(Broadcast, InPiecesOfAnySize)
{
    for (const std::size_t piece : {1U, 7U, 99U, 100U, 101U, 1000U}) {
        std::string text = world().is_root() ? text_of(100) : std::string(100, ' ');
        broadcast_bytes(world(), std::as_writable_bytes(std::span<char>(text.data(), text.size())), 0, piece);
        EXPECT_EQ(text, text_of(100)) << "pieces of " << piece;
    }
}

TEST(Broadcast, ValuesAndVectors)
{
    struct Point {
        double x;
        std::int32_t y;
    };
    const int root = world().size() - 1;
    Point point = world().rank() == root ? Point{0.1, -7} : Point{};
    broadcast(world(), point, root);
    EXPECT_EQ(point.x, 0.1);
    EXPECT_EQ(point.y, -7);

    std::vector<double> numbers(3);
    if (world().rank() == root) {
        numbers.resize(1000);
        std::iota(numbers.begin(), numbers.end(), 0.5);
    }
    broadcast(world(), numbers, root);
    EXPECT_EQ(numbers.size(), 1000U);
    EXPECT_EQ(numbers.back(), 999.5);
}

TEST(Reductions, OverAllRanks)
{
    const std::int64_t rank = world().rank();
    const std::int64_t last = world().size() - 1;
    EXPECT_EQ(all_max(world(), rank), last);
    EXPECT_EQ(all_min(world(), rank - 5), -5);
    EXPECT_EQ(all_max(world(), -0.5 * static_cast<double>(rank)), 0.0);
    EXPECT_EQ(all_min(world(), -0.5 * static_cast<double>(rank)), -0.5 * static_cast<double>(last));
    // Beyond 32 bits, and exact beyond the 53 bits of a double.
    const std::int64_t large = (std::int64_t{1} << 60) + 1;
    EXPECT_EQ(all_sum(world(), rank == 0 ? large : 0), large);
}

TEST(Reductions, OfYesAndNo)
{
    const bool only_last = world().rank() == world().size() - 1;
    EXPECT_TRUE(any_rank(world(), only_last));
    EXPECT_EQ(every_rank(world(), only_last), world().size() == 1);
    EXPECT_FALSE(any_rank(world(), false));
    EXPECT_TRUE(every_rank(world(), true));
}

TEST(AllGather, IsInRankOrder)
{
    const std::vector<int> all = all_gather(world(), 10 * world().rank());
    EXPECT_EQ(all.size(), static_cast<std::size_t>(world().size()));
    for (std::size_t rank = 0; rank < all.size(); ++rank)
        EXPECT_EQ(all[rank], 10 * static_cast<int>(rank));
}

TEST(GatherStrings, KeepsRankOrderAndLengths)
{
    for (int root = 0; root < world().size(); ++root) {
        // Rank 0 gives nothing, the others more and more.
        const std::vector<std::string> all =
            gather_strings(world(), text_of(1000 * static_cast<std::size_t>(world().rank())), root);
        EXPECT_EQ(all.size(), world().rank() == root ? static_cast<std::size_t>(world().size()) : 0U);
        for (std::size_t rank = 0; rank < all.size(); ++rank)
            EXPECT_EQ(all[rank], text_of(1000 * rank));
    }
}

}  // namespace
}  // namespace specsweep::mpi
