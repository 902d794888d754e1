#include "results/derived_store.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

#include "metrics/columns.hpp"
#include "results/aggregate.hpp"
#include "results/derive_shard.hpp"
#include "results/file_names.hpp"
#include "results/layout.hpp"
#include "results/result_file.hpp"
#include "serial_shard.hpp"
#include "support/temporary_folder.hpp"

namespace specsweep::results {
namespace {

class Derived : public ::testing::Test {
protected:
    /// Derives what the file lacks; says for how many units.
    std::int64_t derive(const std::filesystem::path& path) const
    {
        const Contents contents = shard_contents(plan, 0);
        hdf5::File file = hdf5::File::open(path, hdf5::Access::write);
        const std::int64_t filled = derive_rows(file, contents, 0, std::ssize(contents.units));
        file.close();
        return filled;
    }

    std::filesystem::path shard(const std::string& name) const
    {
        fill_shard(folder / name, plan);
        return folder / name;
    }

    std::string aggregated(const std::filesystem::path& source, const std::string& name) const
    {
        aggregate(std::array{source}, folder / name);
        return bytes_of(folder / name);
    }

    /// Rows whose reasons fit into a shard file: matrices this small leave most columns without a value.
    std::vector<std::int64_t> short_rows(const std::string& aggregate) const
    {
        const ResultFile file = ResultFile::open(folder / aggregate);
        std::vector<std::int64_t> rows;
        for (std::int64_t row = 0; row < file.size(); ++row)
            if (std::ssize(file.columns().reasons[static_cast<std::size_t>(row)]) <= layout::reason_width)
                rows.push_back(row);
        return rows;
    }

    /// `value` into one column of a row of /derived/values, its CRC left as it is or made anew.
    void change(const std::filesystem::path& path, std::int64_t row, double value, bool with_crc) const
    {
        const std::size_t columns = metrics::columns().size();
        std::vector<double> values(columns);
        std::array<std::uint32_t, 1> crc{};
        hdf5::File file = hdf5::File::open(path, hdf5::Access::write);
        {
            DerivedStore store = *DerivedStore::open(file, std::ssize(plan.units));
            store.read(row, values, crc);
            values.front() = value;
            const auto held = read_unit_columns(file, plan.units.size(), layout::format_version);
            const auto i = static_cast<std::size_t>(row);
            const std::size_t reference = i / 3 * 3;
            if (with_crc)
                crc[0] = derived_crc(held.crcs[i], reference == i ? 0 : held.crcs[reference], values, held.reasons[i]);
            store.write(row, values, crc);
        }
        file.close();
    }

    const TemporaryFolder folder;
    const sweep::Plan plan = small_plan();
};

TEST_F(Derived, ValuesOfAShardFileGiveTheSameAggregate)
{
    const auto path = shard("a.h5");
    const std::string anew = aggregated(path, "anew.h5");
    const std::int64_t fitting = std::ssize(short_rows("anew.h5"));
    EXPECT_GT(fitting, 0);
    EXPECT_EQ(derive(path), fitting);
    EXPECT_TRUE(aggregated(path, "copied.h5") == anew);
    EXPECT_EQ(derive(path), 0) << "what fits is left alone";
}

TEST_F(Derived, ValuesAreReallyCopied)
{
    const auto path = shard("a.h5");
    aggregated(path, "anew.h5");
    derive(path);
    const std::int64_t row = short_rows("anew.h5").front();
    change(path, row, 1234.5, true);
    aggregated(path, "out.h5");
    const auto column = ResultFile::open(folder / "out.h5").derived(metrics::columns().front().name);
    EXPECT_EQ(column->at(static_cast<std::size_t>(row)), 1234.5);
}

TEST_F(Derived, AFlippedBitIsFoundAndTheValueDerivedAnew)
{
    const auto path = shard("a.h5");
    const std::string anew = aggregated(path, "anew.h5");
    derive(path);
    change(path, short_rows("anew.h5").front(), 1234.5, false);
    EXPECT_TRUE(aggregated(path, "out.h5") == anew);
    EXPECT_EQ(derive(path), 1);
}

TEST_F(Derived, ValuesOfAnotherReferenceDoNotCount)
{
    // The reference of the first matrix comes from another file, with other numbers within the bounds.
    const auto whole = shard("b.h5");
    derive(whole);
    fill_shard(folder / "a.h5", plan, 0, [&](std::int64_t row) {
        UnitResult result = row == 0 ? made_up(plan, row) : UnitResult{};
        if (row == 0)
            result.sigma.front() += 1e-13;
        return result;
    });
    aggregate(std::array{folder / "a.h5", whole}, folder / "out.h5");
    rederive(folder / "out.h5", folder / "anew.h5");
    EXPECT_TRUE(bytes_of(folder / "out.h5") == bytes_of(folder / "anew.h5"));
}

TEST_F(Derived, UnitsWithoutADoneReferenceAreLeftOut)
{
    aggregated(shard("whole.h5"), "whole-aggregate.h5");
    const std::vector<std::int64_t> rows = short_rows("whole-aggregate.h5");
    const std::int64_t reference = rows.front() / 3 * 3;
    const auto of_it =
        std::count_if(rows.begin(), rows.end(), [&](std::int64_t row) { return row / 3 * 3 == reference; });
    fill_shard(folder / "a.h5", plan, 0,
               [&](std::int64_t row) { return row == reference ? UnitResult{} : made_up(plan, row); });
    EXPECT_EQ(derive(folder / "a.h5"), std::ssize(rows) - of_it);
}

TEST_F(Derived, TheCrcCoversEverythingItBinds)
{
    const std::vector<double> values{1, 2};
    const std::uint32_t crc = derived_crc(1, 2, values, "reason");
    EXPECT_NE(crc, derived_crc(3, 2, values, "reason"));
    EXPECT_NE(crc, derived_crc(1, 3, values, "reason"));
    EXPECT_NE(crc, derived_crc(1, 2, std::vector<double>{1, 3}, "reason"));
    EXPECT_NE(crc, derived_crc(1, 2, values, "reasons"));
}

}  // namespace
}  // namespace specsweep::results
