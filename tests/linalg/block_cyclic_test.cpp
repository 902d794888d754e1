#include "linalg/block_cyclic.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace specsweep::linalg {
namespace {

TEST(BlockCyclicAxis, DealsEveryIndexOnceOnAllGridsUpToNineParts)
{
    for (const std::int64_t parts : {1, 2, 3, 4, 5, 6, 7, 8, 9})
        for (const std::int64_t nb : {1, 2, 5, 8})
            for (const std::int64_t n : {0, 1, 4, 5, 6, 7, 8, 9, 39, 40, 41, 97}) {
                const BlockCyclicAxis axis(n, nb, parts);
                std::vector<std::int64_t> counted(static_cast<std::size_t>(parts), 0);
                for (std::int64_t i = 0; i < n; ++i) {
                    // Dealt by hand: blocks in turn.
                    const std::int64_t owner = (i / nb) % parts;
                    EXPECT_EQ(axis.owner(i), owner);
                    EXPECT_EQ(axis.extent(owner, i), counted[static_cast<std::size_t>(owner)]);
                    EXPECT_EQ(axis.local(i), counted[static_cast<std::size_t>(owner)]++);
                    EXPECT_EQ(axis.global(owner, axis.local(i)), i);
                }
                std::int64_t sum = 0;
                for (std::int64_t part = 0; part < parts; ++part) {
                    EXPECT_EQ(axis.extent(part), counted[static_cast<std::size_t>(part)]);
                    sum += axis.extent(part);
                }
                EXPECT_EQ(sum, n);
            }
}

TEST(BlockCyclicAxis, OfAGridHoldsEveryElementOnce)
{
    for (const std::int64_t grid_rows : {1, 2, 3, 9})
        for (const std::int64_t grid_cols : {1, 2, 5, 8}) {
            const BlockCyclicAxis rows(29, 4, grid_rows), cols(31, 4, grid_cols);
            std::int64_t sum = 0;
            for (std::int64_t p = 0; p < grid_rows; ++p)
                for (std::int64_t q = 0; q < grid_cols; ++q)
                    sum += rows.extent(p) * cols.extent(q);
            EXPECT_EQ(sum, 29 * 31);
        }
}

TEST(BlockCyclicAxis, CountsBeyondThirtyTwoBits)
{
    const BlockCyclicAxis axis(std::int64_t{1} << 40, 64, 3);
    EXPECT_EQ(axis.extent(0) + axis.extent(1) + axis.extent(2), std::int64_t{1} << 40);
    EXPECT_EQ(axis.global(axis.owner((std::int64_t{1} << 39) + 7), axis.local((std::int64_t{1} << 39) + 7)),
              (std::int64_t{1} << 39) + 7);
}

TEST(NearestSquare, UsesAllRanksWithNoMoreRowsThanColumns)
{
    EXPECT_EQ(nearest_square(1), (GridShape{1, 1}));
    EXPECT_EQ(nearest_square(6), (GridShape{2, 3}));
    EXPECT_EQ(nearest_square(7), (GridShape{1, 7}));
    EXPECT_EQ(nearest_square(64), (GridShape{8, 8}));
    EXPECT_EQ(nearest_square(72), (GridShape{8, 9}));
}

}  // namespace
}  // namespace specsweep::linalg
