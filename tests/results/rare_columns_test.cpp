#include "results/rare_columns.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <memory>

#include "base/error.hpp"
#include "results/contents.hpp"
#include "results/layout.hpp"
#include "results/moment_list.hpp"
#include "support/temporary_folder.hpp"

namespace specsweep::results {
namespace {

/// Bit for bit: CRCs are made of the bits of NaN, too.
void expect_same(const RareMoments& found, const RareMoments& expected)
{
    ASSERT_EQ(found.extended != nullptr, expected.extended != nullptr);
    if (expected.extended) {
        for (const ExtendedMoment& moment : extended_moments())
            EXPECT_EQ(std::bit_cast<std::uint64_t>(found.extended.get()->*moment.member),
                      std::bit_cast<std::uint64_t>(expected.extended.get()->*moment.member))
                << moment.path;
    }
    ASSERT_EQ(found.cosine_histogram != nullptr, expected.cosine_histogram != nullptr);
    if (expected.cosine_histogram) {
        EXPECT_EQ(*found.cosine_histogram, *expected.cosine_histogram);
    }
}

RareMoments some_rare_moments()
{
    RareMoments rare;
    CosineHistogram counts;
    for (std::size_t i = 0; i < metrics::cosine_bins; ++i) {
        counts.raw[i] = static_cast<std::int32_t>(i);
        counts.centred[i] = static_cast<std::int32_t>(1000 - i);
    }
    rare.cosine_histogram = std::make_shared<const CosineHistogram>(counts);
    metrics::ExtendedMoments extended;
    extended.farms_alpha = 3.5;
    extended.leading_right = 0.25;
    rare.extended = std::make_shared<const metrics::ExtendedMoments>(extended);
    return rare;
}

TEST(RareColumns, StandOnlyWhereThereIsAPlaceForThem)
{
    const TemporaryFolder folder;
    hdf5::File file = hdf5::File::create(folder / "a.h5");
    RareColumns columns = RareColumns::create(file, 4, {.embeddings = {1, 3}, .extended = true});
    columns.write(3, some_rare_moments());
    expect_same(RareColumns::open(file, 4).read(3), some_rare_moments());
    expect_same(columns.read(1), RareMoments());
    columns.write(2, some_rare_moments());
    RareMoments without_histogram = some_rare_moments();
    without_histogram.cosine_histogram.reset();
    expect_same(columns.read(2), without_histogram);
    columns.write(3, RareMoments());
    expect_same(columns.read(3), RareMoments());
}

TEST(RareColumns, OfNobodyAreNoGroups)
{
    const TemporaryFolder folder;
    hdf5::File file = hdf5::File::create(folder / "a.h5");
    RareColumns columns = RareColumns::create(file, 4, {});
    EXPECT_FALSE(file.contains(layout::extended::group));
    EXPECT_FALSE(file.contains(layout::cosine_histogram::group));
    columns.write(0, some_rare_moments());
    expect_same(RareColumns::open(file, 4).read(0), RareMoments());
}

TEST(RareColumns, RowsThatAreNoneAreDamage)
{
    for (const std::vector<std::int64_t>& rows : {std::vector<std::int64_t>{3, 1}, {1, 4}, {-1, 2}, {2, 2}}) {
        const TemporaryFolder folder;
        hdf5::File file = hdf5::File::create(folder / "a.h5");
        RareColumns::create(file, 4, {.embeddings = {1, 3}, .extended = false});
        hdf5::Column<std::int64_t>::open(file, layout::cosine_histogram::unit).write(0, rows);
        EXPECT_THROW(RareColumns::open(file, 4), InputError);
    }
}

TEST(RareColumns, AnExtendedMomentWithoutANumberIsNone)
{
    RareMoments rare;
    rare.extended = std::make_shared<const metrics::ExtendedMoments>();
    EXPECT_EQ(kept_extended(rare), nullptr);
}

/// The result of an embedding is that of every unit with the same id, whatever its role.
TEST(RareColumns, AreOfEmbeddingsAndOfWhatSharesTheirIds)
{
    Contents contents;
    contents.matrices.resize(4);
    contents.matrices[0].role = "mlp_up";
    contents.matrices[1].role = contents.matrices[3].role = "embedding";
    contents.matrices[2].role = "lm_head";
    contents.matrices[3].slice = "token_weighted";
    for (const auto& [matrix, id] : {std::pair{0, "a"}, {1, "b"}, {2, "b"}, {3, "c"}}) {
        UnitRow unit;
        unit.matrix = matrix;
        unit.id = id;
        contents.units.push_back(unit);
    }
    contents.header.metrics = "full";
    EXPECT_EQ(rare_rows(contents).embeddings, (std::vector<std::int64_t>{1, 2}));
    EXPECT_FALSE(rare_rows(contents).extended);
    contents.header.metrics = "extended";
    EXPECT_TRUE(rare_rows(contents).extended);
    contents.header.metrics = "fast";
    EXPECT_TRUE(rare_rows(contents).embeddings.empty());
}

}  // namespace
}  // namespace specsweep::results
