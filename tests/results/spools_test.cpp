#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "results/record_spool.hpp"
#include "results/verdict_spool.hpp"
#include "support/temporary_folder.hpp"

namespace specsweep::results {
namespace {

/// What may be held in memory: nothing, something, everything.
class Spools : public ::testing::TestWithParam<std::int64_t> {
protected:
    TemporaryFolder folder;
};

TEST_P(Spools, RecordsComeBackWhereverTheyAre)
{
    constexpr std::int64_t units = 700;
    RecordSpool spool(folder.path(), units, GetParam());
    RecordBlock block;
    for (std::int64_t first = 0; first < 300; first += 100) {  // nobody writes the others
        spool.read(first, 100, block);
        for (std::int64_t row = first; row < first + 100; ++row) {
            block.record(row).crc = static_cast<std::uint32_t>(row + 1);
            block.derived(row).back() = static_cast<double>(row);
        }
        spool.write(block);
    }
    spool.read(250, 100, block);
    for (std::int64_t row = 250; row < 350; ++row) {
        EXPECT_EQ(block.record(row).crc, row < 300 ? row + 1 : 0);
        EXPECT_EQ(block.derived(row).back(), row < 300 ? static_cast<double>(row) : 0);
    }
    EXPECT_TRUE(std::filesystem::is_empty(folder.path())) << "the scratch file has no name";
}

TEST_P(Spools, VerdictRowsKeepTheirOrderAndValues)
{
    constexpr std::int64_t rows = 5 * VerdictPiece::most_rows;
    VerdictSpool spool(folder.path(), 2, static_cast<std::size_t>(GetParam()));
    for (std::int64_t i = 0; i < rows; ++i) {
        const auto number = static_cast<double>(i);
        spool.add({.claim = static_cast<std::int32_t>(i % 2),
                   .scope = static_cast<std::int32_t>(i + 1),
                   .note = static_cast<std::int32_t>(i + 2),
                   .unit = i,
                   .left = number,
                   .right = number + 1,
                   .ratio = number + 2,
                   .verdict = static_cast<std::uint8_t>(i % 4)});
    }
    EXPECT_EQ(spool.size(0) + spool.size(1), rows);
    for (std::int32_t claim = 0; claim < 2; ++claim) {
        std::int64_t next = claim;
        spool.for_each_piece(static_cast<std::size_t>(claim), [&](const VerdictPiece& piece) {
            for (std::size_t i = 0; i < piece.count; ++i, next += 2) {
                const VerdictRow row = piece.row(claim, i);
                ASSERT_EQ(row.unit, next);
                EXPECT_EQ(row.claim, claim);
                EXPECT_EQ(row.scope, next + 1);
                EXPECT_EQ(row.note, next + 2);
                EXPECT_EQ(row.left + 1, row.right);
                EXPECT_EQ(row.ratio, static_cast<double>(next) + 2);
                EXPECT_EQ(row.verdict, next % 4);
            }
        });
        EXPECT_EQ(next, rows + claim);
    }
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

INSTANTIATE_TEST_SUITE_P(Held, Spools,
                         ::testing::Values(std::int64_t{0}, static_cast<std::int64_t>(sizeof(VerdictPiece)),
                                           std::int64_t{1} << 30U));

}  // namespace
}  // namespace specsweep::results
