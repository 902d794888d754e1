#include "results/contents.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "small_sweep.hpp"

namespace specsweep::results {
namespace {

TEST(ShardContents, HoldsOnlyWhatItsUnitsNeed)
{
    const sweep::Plan plan = small_plan(3);
    const Contents contents = shard_contents(plan, 1);
    ASSERT_EQ(contents.matrices.size(), 2U);  // matrices 1 and 4
    EXPECT_EQ(contents.matrices[0].plan_row, 1);
    EXPECT_EQ(contents.matrices[1].plan_row, 4);
    ASSERT_EQ(contents.units.size(), 6U);
    EXPECT_EQ(contents.units[3].plan_row, 12);
    EXPECT_EQ(contents.units[5].reference, 3);
    EXPECT_EQ(contents.units[5].matrix, 1);
    EXPECT_EQ(contents.quantizers.size(), 3U);
    EXPECT_EQ(contents.header.planned_units, 21);
    EXPECT_EQ(contents.unit_title(5), "größe, \"2\" step 500 layer.4.weight int:bits=2,block=16");
    EXPECT_NO_THROW(check_contents(contents, "a.h5"));
}

TEST(ShardContents, RowsOfEqualContentShareTheirStretch)
{
    const Contents contents = shard_contents(small_plan(), 0);
    EXPECT_EQ(contents.units[9].id, contents.units[12].id);
    EXPECT_EQ(contents.units[9].sigma_offset, contents.units[12].sigma_offset);
    EXPECT_EQ(contents.sigma_total, 3 * (3 + 5 + 2 + 3 + 4 + 0));
}

TEST(ShardContents, RefusesAShardThatIsNotThere)
{
    EXPECT_THROW(shard_contents(small_plan(2), 2), UsageError);
    EXPECT_THROW(shard_contents(small_plan(2), -1), UsageError);
}

TEST(StaticCrc, SeesEveryTable)
{
    const Contents contents = shard_contents(small_plan(), 0);
    const auto changed = [&](auto change) {
        Contents other = contents;
        change(other);
        return static_crc(other) != static_crc(contents);
    };
    EXPECT_TRUE(changed([](Contents& c) { c.header.seed = 1; }));
    EXPECT_TRUE(changed([](Contents& c) { c.checkpoints[0].model_type = "bert"; }));
    EXPECT_TRUE(changed([](Contents& c) { c.matrices[1].role = "mlp_down"; }));
    EXPECT_TRUE(changed([](Contents& c) { c.quantizers[1] += '8'; }));
    EXPECT_TRUE(changed([](Contents& c) { c.units[7].bits_per_weight = 4.25; }));
    EXPECT_FALSE(changed([](Contents& c) { c.header.complete = 1; }));
}

TEST(CheckContents, RefusesEveryIndexOutsideItsTable)
{
    const Contents contents = shard_contents(small_plan(), 0);
    const auto refused = [&](auto change) {
        Contents other = contents;
        change(other);
        try {
            check_contents(other, "a.h5");
            return false;
        } catch (const InputError&) {
            return true;
        }
    };
    EXPECT_TRUE(refused([](Contents& c) { c.matrices[0].checkpoint = 2; }));
    EXPECT_TRUE(refused([](Contents& c) { c.matrices[0].rows = -1; }));
    EXPECT_TRUE(refused([](Contents& c) { c.matrices[0].rows = c.matrices[0].cols = std::int64_t{1} << 40; }));
    EXPECT_TRUE(refused([](Contents& c) { c.units[3].matrix = 7; }));
    EXPECT_TRUE(refused([](Contents& c) { c.units[3].matrix = -1; }));
    EXPECT_TRUE(refused([](Contents& c) { c.units[3].quantizer = 3; }));
    EXPECT_TRUE(refused([](Contents& c) { c.units[4].reference = 0; }));
    EXPECT_TRUE(refused([](Contents& c) { c.units[4].reference = 4; }));
    EXPECT_TRUE(refused([](Contents& c) { c.units[4].plan_row = 3; }));
    EXPECT_TRUE(refused([](Contents& c) { c.units.back().plan_row = 21; }));
    EXPECT_TRUE(refused([](Contents& c) { c.units[4].sigma_offset += 1; }));
    EXPECT_TRUE(refused([](Contents& c) { c.units[4].sigma_count = std::int64_t{1} << 62; }));
    EXPECT_TRUE(refused([](Contents& c) { c.units[4].id = "short"; }));
    EXPECT_TRUE(refused([](Contents& c) { c.sigma_total += 1; }));
}

}  // namespace
}  // namespace specsweep::results
