#include "sweep/index_ranges.hpp"

#include <gtest/gtest.h>

#include <random>

namespace specsweep::sweep {
namespace {

TEST(IndexRanges, ByHand)
{
    EXPECT_EQ(print_ranges({}), "");
    EXPECT_EQ(print_ranges({4}), "4");
    EXPECT_EQ(print_ranges({0, 1, 2, 5, 7, 8}), "0-2,5,7-8");
}

TEST(IndexRanges, PrintAndParseAreInverse)
{
    std::mt19937 random(5);
    for (int trial = 0; trial < 500; ++trial) {
        std::vector<std::int32_t> numbers;
        for (std::int32_t i = 0; i < 40; ++i)
            if (random() % 3 != 0)
                numbers.push_back(i);
        EXPECT_EQ(parse_ranges(print_ranges(numbers), 40), numbers);
    }
}

TEST(IndexRanges, RefuseWhatTheyWouldNotWrite)
{
    for (const char* text : {"a", "1,", ",1", "2,1", "1,1", "3-1", "-1", "0-40", "40", "1-3,3", "1--2", " 1"})
        EXPECT_FALSE(parse_ranges(text, 40)) << text;
    EXPECT_FALSE(parse_ranges("0-9223372036854775807", 40));
}

}  // namespace
}  // namespace specsweep::sweep
