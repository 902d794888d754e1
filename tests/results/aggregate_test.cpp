#include "results/aggregate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "base/error.hpp"
#include "base/json.hpp"
#include "results/file_names.hpp"
#include "results/provenance_file.hpp"
#include "results/result_file.hpp"
#include "serial_shard.hpp"
#include "support/python.hpp"
#include "support/temporary_folder.hpp"

namespace specsweep::results {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Aggregate : public ::testing::Test {
protected:
    /// A folder with all shards of a cut, whole.
    std::filesystem::path whole(std::int32_t shards)
    {
        const std::filesystem::path place = folder / std::to_string(shards);
        std::filesystem::create_directory(place);
        for (std::int32_t shard = 0; shard < shards; ++shard)
            fill_shard(shard_path(place, shard), small_plan(shards), shard);
        return place;
    }

    AggregateSummary join(const std::filesystem::path& source, const std::string& name)
    {
        return aggregate(std::array{source}, folder / name);
    }

    /// A shard file of the whole sweep in which `change` altered the results.
    std::filesystem::path altered(const std::string& name, const std::function<void(std::int64_t, UnitResult&)>& change)
    {
        fill_shard(folder / name, plan, 0, [&](std::int64_t row) {
            UnitResult result = made_up(plan, row);
            change(row, result);
            return result;
        });
        return folder / name;
    }

    const TemporaryFolder folder;
    const sweep::Plan plan = small_plan();
};

TEST_F(Aggregate, IsTheSameForEveryCut)
{
    const AggregateSummary one = join(whole(1), "one.h5");
    EXPECT_TRUE(one.complete());
    EXPECT_EQ(one.done, 21);
    EXPECT_EQ(one.duplicates_identical, 0);
    const std::string bytes = bytes_of(one.file);
    for (const std::int32_t shards : {2, 3, 4, 7}) {
        const AggregateSummary summary = join(whole(shards), "cut.h5");
        EXPECT_TRUE(bytes_of(summary.file) == bytes) << shards << " shards";
        EXPECT_TRUE(summary.complete());
    }
}

TEST_F(Aggregate, IsTheSameAfterAggregatingAgainAndRederiving)
{
    const std::string bytes = bytes_of(join(whole(3), "a.h5").file);
    const std::string timing = bytes_of(folder / "a.provenance.h5");
    join(folder / "a.h5", "b.h5");
    EXPECT_TRUE(bytes_of(folder / "b.h5") == bytes);
    rederive(folder / "a.h5", folder / "a.h5");
    EXPECT_TRUE(bytes_of(folder / "a.h5") == bytes);
    const Provenance kept = read_provenance_file(folder / "b.provenance.h5");
    EXPECT_EQ(kept.sources.size(), 3U);
    EXPECT_EQ(kept.timing.at(5).seconds, 0.5);
    EXPECT_EQ(kept.timing_source.at(3), 1);
}

TEST_F(Aggregate, SaysWhatIsMissing)
{
    const std::filesystem::path place = whole(3);
    std::filesystem::remove(shard_path(place, 1));
    const AggregateSummary summary = join(place, "part.h5");
    EXPECT_FALSE(summary.complete());
    EXPECT_EQ(summary.missing, 6);
    EXPECT_THAT(summary.missing_shards, ElementsAre(1));
    const ResultFile file = ResultFile::open(summary.file);
    EXPECT_EQ(file.header().complete, 0);
    EXPECT_EQ(file.size(), 15);
    EXPECT_EQ(file.contents().units.at(3).plan_row, 6);
}

TEST_F(Aggregate, KeepsPendingUnitsAsSuch)
{
    fill_shard(folder / "a.h5", plan, 0, [&](std::int64_t row) { return row < 4 ? made_up(plan, row) : UnitResult{}; });
    const AggregateSummary summary = aggregate(std::array{folder / "a.h5"}, folder / "out.h5");
    EXPECT_FALSE(summary.complete());
    EXPECT_EQ(summary.pending, 17);
    EXPECT_EQ(summary.missing, 0);
    EXPECT_THAT(to_text(summary), HasSubstr("17 pending"));
}

TEST_F(Aggregate, TakesEachUnitFromTheFileThatHasIt)
{
    const auto half = [&](const std::string& name, std::int64_t parity) {
        fill_shard(folder / name, plan, 0,
                   [&](std::int64_t row) { return row % 2 == parity ? made_up(plan, row) : UnitResult{}; });
        return folder / name;
    };
    const AggregateSummary summary = aggregate(std::array{half("even.h5", 0), half("odd.h5", 1)}, folder / "out.h5");
    EXPECT_TRUE(summary.complete());
    EXPECT_TRUE(bytes_of(summary.file) == bytes_of(join(whole(1), "whole.h5").file));
}

TEST_F(Aggregate, AFailedUnitGivesWayToADoneOne)
{
    const auto failed = altered("failed.h5", [](std::int64_t row, UnitResult& result) {
        if (row == 4)
            result = {.state = UnitState::failed,
                      .reason = "unit:lapack[3]",
                      .method = {},
                      .sigma = {},
                      .error = {},
                      .moments = {},
                      .timing = {}};
    });
    const auto good = altered("good.h5", [](std::int64_t, UnitResult&) {});
    EXPECT_EQ(aggregate(std::array{failed}, folder / "a.h5").failed, 1);
    EXPECT_EQ(ResultFile::open(folder / "a.h5").columns().reasons.at(4), "unit:lapack[3]");
    EXPECT_EQ(aggregate(std::array{failed, good}, folder / "b.h5").failed, 0);
    EXPECT_EQ(aggregate(std::array{good, failed}, folder / "c.h5").failed, 0);
    EXPECT_TRUE(bytes_of(folder / "b.h5") == bytes_of(folder / "c.h5"));
}

TEST_F(Aggregate, CountsIdenticalDuplicates)
{
    const AggregateSummary summary = aggregate(std::array{whole(1), whole(2)}, folder / "out.h5");
    EXPECT_EQ(summary.duplicates_identical, 21) << "the two shards of the second cut both have the three shared ids";
    EXPECT_TRUE(bytes_of(summary.file) == bytes_of(join(whole(3), "other.h5").file));
}

TEST_F(Aggregate, KeepsTheFirstOfDuplicatesWithinTheirBounds)
{
    const auto a = altered("a.h5", [](std::int64_t, UnitResult&) {});
    const auto b = altered("b.h5", [](std::int64_t row, UnitResult& result) {
        if (row == 1)
            result.sigma[0] += 1.5e-12;
    });
    const AggregateSummary summary = aggregate(std::array{a, b}, folder / "out.h5");
    EXPECT_EQ(summary.duplicates_within_bounds, 1);
    EXPECT_EQ(summary.duplicates_identical, 17);
    EXPECT_THAT(summary.duplicate_examples, ElementsAre(HasSubstr("layer.0.weight int:block=32")));
    EXPECT_EQ(ResultFile::open(summary.file).read(1).sigma, made_up(plan, 1).sigma);
}

TEST_F(Aggregate, RefusesDuplicatesBeyondTheirBounds)
{
    const auto a = altered("a.h5", [](std::int64_t, UnitResult&) {});
    const auto b = altered("b.h5", [](std::int64_t row, UnitResult& result) {
        if (row == 1)
            result.sigma[2] *= 1.001;
    });
    try {
        aggregate(std::array{a, b}, folder / "out.h5");
        FAIL();
    } catch (const InputError& error) {
        EXPECT_THAT(error.what(),
                    AllOf(HasSubstr("a.h5"), HasSubstr("b.h5"), HasSubstr("layer.0.weight"), HasSubstr("sigma_3")));
    }
    EXPECT_FALSE(std::filesystem::exists(folder / "out.h5"));
    EXPECT_FALSE(std::filesystem::exists(folder / "out.provenance.h5"));
}

TEST_F(Aggregate, RefusesTwoSweepsAndNamesBoth)
{
    sweep::Plan other = small_plan();
    other.seed = 1;
    sweep::seal(other);
    fill_shard(folder / "a.h5", plan);
    fill_shard(folder / "b.h5", other);
    try {
        aggregate(std::array{folder / "a.h5", folder / "b.h5"}, folder / "out.h5");
        FAIL();
    } catch (const UsageError& error) {
        EXPECT_THAT(error.what(), AllOf(HasSubstr(plan.sweep_sha256), HasSubstr(other.sweep_sha256)));
    }
}

TEST_F(Aggregate, AUnitThatContradictsItsReferenceIsFailedLoudly)
{
    const auto file = altered("a.h5", [](std::int64_t row, UnitResult& result) {
        if (row == 5)
            result.moments.error_frobenius_squared *= 1e-4;
    });
    const AggregateSummary summary = aggregate(std::array{file}, folder / "out.h5");
    EXPECT_THAT(summary.inconsistent, ElementsAre(5));
    EXPECT_EQ(summary.failed, 1);
    const ResultFile out = ResultFile::open(summary.file);
    EXPECT_EQ(out.columns().reasons.at(5), "unit:weyl-violated");
    EXPECT_TRUE(out.crc_holds(5, out.read(5)));
    EXPECT_THAT(to_text(summary), HasSubstr("Weyl"));
}

TEST_F(Aggregate, ADamagedUnitIsPendingAndReported)
{
    fill_shard(folder / "a.h5", plan);
    std::int64_t at = 0;
    {
        const hdf5::File file = hdf5::File::open(folder / "a.h5", hdf5::Access::read);
        at = hdf5::Dataset::byte_range(file, "/spectra/sigma").first;
    }
    flip_byte(folder / "a.h5", at);
    const AggregateSummary summary = aggregate(std::array{folder / "a.h5"}, folder / "out.h5");
    EXPECT_THAT(summary.damaged, ElementsAre(0));
    EXPECT_EQ(summary.pending, 1);
    const ResultFile out = ResultFile::open(summary.file);
    EXPECT_THAT(out.columns().reasons.at(1), HasSubstr("stable_rank_ratio:reference-pending"));
}

TEST_F(Aggregate, AFolderWithoutResultsIsRefused)
{
    EXPECT_THROW(aggregate(std::array{folder.path()}, folder / "out.h5"), UsageError);
    EXPECT_THROW(aggregate(std::array{folder / "nowhere"}, folder / "out.h5"), IoError);
    fill_shard(folder / "a.h5", plan);
    EXPECT_THROW(aggregate(std::array{folder / "a.h5"}, folder / "nowhere" / "out.h5"), IoError);
}

TEST_F(Aggregate, DoesNotTakeItselfForAShard)
{
    const std::filesystem::path place = whole(2);
    const AggregateSummary first = aggregate(std::array{place}, place / "small.h5");
    const AggregateSummary again = aggregate(std::array{place}, place / "small.h5");
    EXPECT_EQ(again.files, 2);
    EXPECT_EQ(again.duplicates_identical, first.duplicates_identical);
}

TEST_F(Aggregate, HoldsNoPathsHostsOrTimes)
{
    const std::string bytes = bytes_of(join(whole(2), "out.h5").file);
    EXPECT_EQ(bytes.find("/models"), std::string::npos);
    EXPECT_EQ(bytes.find(folder.path().string()), std::string::npos);
    EXPECT_EQ(bytes.find("seconds"), std::string::npos);
    EXPECT_NE(bytes_of(folder / "out.provenance.h5").find("/shard-0001.h5"), std::string::npos);
}

TEST_F(Aggregate, IsReadByH5pyInThePlainWay)
{
    if (!python_is_available())
        GTEST_SKIP() << "no python3 with h5py";
    join(whole(2), "out.h5");
    const PythonResult read = run_python(R"(
import sys, h5py, numpy as np
f = h5py.File(sys.argv[1])
assert f.attrs['format'].decode() == 'specsweep-results' if isinstance(f.attrs['format'], bytes) else f.attrs['format'] == 'specsweep-results'
assert f.attrs['format_version'] == 6 and f.attrs['complete'] == 1 and f.attrs['numerics_version'] == 1
assert len(f.attrs['sweep_sha256']) == 64
u = f['/units']
n = len(u['id'])
assert all(d.shape == (n,) for d in u.values())
for i in range(n):
    o, c = u['sigma_offset'][i], u['sigma_count'][i]
    s, e = f['/spectra/sigma'][o:o + c], f['/spectra/error'][o:o + c]
    m = u['matrix'][i]
    assert c == min(f['/matrices/rows'][m], f['/matrices/cols'][m])
    assert (np.diff(s) <= 0).all() and np.isfinite(s).all() and (e >= 0).all()
    r = u['reference'][i]
    assert u['quantizer'][r] == 0 and u['matrix'][r] == m
    if c and s[0] > 0:
        assert u['sigma_max'][i] == s[0]
        assert abs(u['stable_rank'][i] - f['/moments/frobenius_squared'][i] / s[0]**2) < 1e-14
assert f['/quantizers/text'].asstr()[0] == 'reference'
assert f['/checkpoints/id'].asstr()[1] == 'größe, "2"'
assert f['/checkpoints/step'][:].tolist() == [-1, 500]
assert sorted(f) == ['checkpoints', 'matrices', 'moments', 'quantizers', 'spectra', 'units']
assert u['erank_sv'].attrs['unit'] == b'1' or u['erank_sv'].attrs['unit'] == '1'
p = h5py.File(sys.argv[2])
assert p['/timing/unit_id'][3] == u['id'][3] and p['/timing/seconds'][3] == 0.5
print('ok')
)",
                                         {(folder / "out.h5").string(), (folder / "out.provenance.h5").string()});
    EXPECT_EQ(read.output, "ok\n");
}

TEST_F(Aggregate, IsReadByH5dump)
{
    join(whole(1), "out.h5");
    const std::string command = "h5dump -d /units/id -d /spectra/sigma -a /format " + (folder / "out.h5").string() +
                                " > " + (folder / "dump").string();
    if (std::system("command -v h5dump > /dev/null") != 0)
        GTEST_SKIP() << "no h5dump";
    ASSERT_EQ(std::system(command.c_str()), 0);
    EXPECT_THAT(bytes_of(folder / "dump"), AllOf(HasSubstr("H5T_CSET_UTF8"), HasSubstr(plan.units[7].id)));
}

}  // namespace
}  // namespace specsweep::results
