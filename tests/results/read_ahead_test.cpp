#include "results/read_ahead.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace specsweep::results {
namespace {

class ReadingAhead : public ::testing::TestWithParam<std::size_t> {};

/// Sequence i has i items; "i.k" is the k-th of them.
void count_up(std::size_t sequence, const ReadAhead<std::string>::Put& put)
{
    for (std::size_t k = 0; k < sequence; ++k)
        put(std::to_string(sequence) + "." + std::to_string(k));
}

TEST_P(ReadingAhead, GivesTheItemsInOrderForAnyNumberOfThreads)
{
    constexpr std::size_t sequences = 20;
    ReadAhead<std::string> ahead(sequences, count_up, GetParam());
    for (std::size_t sequence = 0; sequence < sequences; ++sequence) {
        std::size_t k = 0;
        while (const auto item = ahead.next(sequence))
            EXPECT_EQ(*item, std::to_string(sequence) + "." + std::to_string(k++));
        EXPECT_EQ(k, sequence);
    }
}

TEST_P(ReadingAhead, FailsInThePlaceOfWhatFailed)
{
    const auto make = [](std::size_t sequence, const auto& put) {
        count_up(2, put);
        if (sequence == 3)
            throw std::runtime_error("the fourth");
    };
    ReadAhead<std::string> ahead(8, make, GetParam());
    for (std::size_t sequence = 0; sequence < 3; ++sequence)
        while (ahead.next(sequence)) {
        }
    EXPECT_TRUE(ahead.next(3));
    EXPECT_TRUE(ahead.next(3));
    EXPECT_THROW(ahead.next(3), std::runtime_error);
}

TEST_P(ReadingAhead, StopsWhenNobodyTakesMore)
{
    const auto endless = [](std::size_t, const auto& put) {
        while (put("again")) {
        }
    };
    ReadAhead<std::string> ahead(5, endless, GetParam());
    EXPECT_EQ(ahead.next(0), "again");
}

TEST(ReadingNothing, NeedsNoSequence)
{
    const ReadAhead<std::string> ahead(0, count_up, 4);
}

INSTANTIATE_TEST_SUITE_P(Threads, ReadingAhead, ::testing::Values(1, 2, 4, 100));

}  // namespace
}  // namespace specsweep::results
