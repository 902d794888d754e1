#include "results/moment_columns.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "hdf5/text_column.hpp"
#include "results/layout.hpp"
#include "results/moment_list.hpp"
#include "results/moment_table.hpp"
#include "support/temporary_folder.hpp"

namespace specsweep::results {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// Bit for bit: CRCs are made of the bits of NaN, too.
void expect_same(const Moments& found, const Moments& expected)
{
    for (const RealMoment& moment : real_moments())
        EXPECT_EQ(std::bit_cast<std::uint64_t>(found.*moment.member),
                  std::bit_cast<std::uint64_t>(expected.*moment.member))
            << moment.path;
    for (const CountMoment& moment : count_moments())
        EXPECT_EQ(found.*moment.member, expected.*moment.member) << moment.path;
}

Moments some_moments()
{
    Moments moments;
    moments.frobenius_squared = 2;
    moments.error_max = 0;
    moments.weight_min = nan;
    moments.weight_max = -nan;  // another NaN than the file's own
    moments.cosine_rows = -1;
    moments.zeroed = 7;
    return moments;
}

TEST(MomentTable, RowsHoldWhatWasWrittenLast)
{
    const TemporaryFolder folder;
    hdf5::File file = hdf5::File::create(folder / "a.h5");
    MomentTable table = MomentTable::create(file, 2);
    Moments before = some_moments();
    before.weight_min = -3;
    before.cosine_rows = 12;
    table.write(1, before);
    expect_same(table.read(1), before);
    table.write(1, some_moments());
    expect_same(MomentTable::open(file, 2).read(1), some_moments());
    EXPECT_EQ(table.read(0).cosine_rows, -1) << "nothing written";
    EXPECT_TRUE(std::isnan(table.read(0).frobenius_squared));
}

TEST(MomentTable, OfOtherColumnsIsDamage)
{
    const TemporaryFolder folder;
    hdf5::File file = hdf5::File::create(folder / "a.h5");
    MomentTable::create(file, 2);
    EXPECT_THROW(MomentTable::open(file, 3), InputError);
    hdf5::TextColumn::open(file, layout::moments::columns).write(3, "something_else");
    EXPECT_THROW(MomentTable::open(file, 2), InputError);
}

TEST(MomentColumns, RowsHoldWhatWasWritten)
{
    const TemporaryFolder folder;
    hdf5::File file = hdf5::File::create(folder / "a.h5");
    MomentColumns::create_unfilled(file, 3).write_rows(1, {some_moments(), Moments{}});
    const auto rows = MomentColumns::open(file, 3, layout::format_version).read_rows(1, 2);
    expect_same(rows.front(), some_moments());
    expect_same(rows.back(), Moments{});
}

}  // namespace
}  // namespace specsweep::results
