#include "spectrum/dealt_columns.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace specsweep::spectrum {
namespace {

TEST(DealtColumns, EveryColumnHasOneOwnerAndOnePlace)
{
    for (const std::int64_t ranks : {1, 2, 3, 4, 7})
        for (const std::int64_t order : {1, 16, 31, 32, 33, 64, 160, 500}) {
            const DealtColumns columns(order, ranks);
            std::vector<std::int64_t> expected(static_cast<std::size_t>(ranks), 0);
            for (std::int64_t j = 0; j < order; ++j) {
                const std::int64_t owner = columns.owner(j);
                ASSERT_EQ(columns.local(j), expected[static_cast<std::size_t>(owner)]++);
                ASSERT_EQ(columns.global(owner, columns.local(j)), j);
            }
            std::int64_t most = 0;
            for (std::int64_t rank = 0; rank < ranks; ++rank) {
                EXPECT_EQ(columns.extent(rank), expected[static_cast<std::size_t>(rank)]) << order << " " << rank;
                most = std::max(most, columns.extent(rank));
            }
            EXPECT_EQ(columns.most(), most);
        }
}

TEST(DealtColumns, NextIsTheFirstOwnColumnFromThereOn)
{
    for (const std::int64_t ranks : {1, 2, 3, 5})
        for (const std::int64_t order : {16, 48, 330}) {
            const DealtColumns columns(order, ranks);
            for (std::int64_t rank = 0; rank < ranks; ++rank)
                for (std::int64_t from = 0; from < order; ++from) {
                    std::int64_t expected = from;
                    while (expected < order && columns.owner(expected) != rank)
                        ++expected;
                    EXPECT_EQ(std::min(order, columns.next(rank, from)), expected);
                }
        }
}

TEST(DealtColumns, RanksDifferByAtMostABlockOfEntries)
{
    constexpr std::int64_t order = 2048;
    for (const std::int64_t ranks : {2, 3, 4, 6}) {
        const DealtColumns columns(order, ranks);
        for (std::int64_t first = 0; first < order; first += 16) {
            std::vector<std::int64_t> entries(static_cast<std::size_t>(ranks), 0);
            for (std::int64_t j = first; j < order; ++j)
                entries[static_cast<std::size_t>(columns.owner(j))] += order - j;
            const auto [least, most] = std::minmax_element(entries.begin(), entries.end());
            // A period of 2g blocks favours a rank by 2g · 32 · 32 entries at most; there are (n − c)/64g of them, and
            // a part of one.
            EXPECT_LE(*most - *least, DealtColumns::block * (order - first + 64 * ranks)) << first;
        }
    }
}

}  // namespace
}  // namespace specsweep::spectrum
