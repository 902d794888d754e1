#include "results/moment_columns.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "results/moment_list.hpp"
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

TEST(MomentColumns, FreshRowsHoldWhatWasWritten)
{
    const TemporaryFolder folder;
    hdf5::File file = hdf5::File::create(folder / "a.h5");
    MomentColumns columns = MomentColumns::create(file, 2);
    columns.write(1, some_moments(), Ground::fresh);
    expect_same(columns.read(1), some_moments());
}

TEST(MomentColumns, UsedRowsLoseWhatTheyHeld)
{
    const TemporaryFolder folder;
    hdf5::File file = hdf5::File::create(folder / "a.h5");
    MomentColumns columns = MomentColumns::create(file, 2);
    Moments before = some_moments();
    before.weight_min = -3;
    before.cosine_rows = 12;
    columns.write(1, before, Ground::fresh);
    columns.write(1, some_moments(), Ground::used);
    expect_same(columns.read(1), some_moments());
}

}  // namespace
}  // namespace specsweep::results
