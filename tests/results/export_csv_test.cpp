#include "results/export_csv.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <limits>

#include "base/error.hpp"
#include "base/format.hpp"
#include "results/aggregate.hpp"
#include "results/csv.hpp"
#include "serial_shard.hpp"
#include "support/python.hpp"
#include "support/temporary_folder.hpp"

namespace specsweep::results {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(CsvWriter, QuotesAndNumbersAsSpecified)
{
    std::ostringstream out;
    CsvWriter csv(out);
    csv.field("a,b").field("say \"x\"").field("two\nlines").field("plain σ").end_row();
    csv.field(0.1).field(std::numeric_limits<double>::infinity()).field(std::numeric_limits<double>::quiet_NaN());
    csv.field(std::int64_t{-7}).field(4.0).field_if(-1).empty().end_row();
    EXPECT_EQ(out.str(), "\"a,b\",\"say \"\"x\"\"\",\"two\nlines\",plain σ\r\n0.10000000000000001,inf,,-7,4,,\r\n");
    EXPECT_EQ(csv.rows(), 2);
}

TEST(CsvTable, NamesAreThoseOfTheInterface)
{
    EXPECT_EQ(parse_csv_table("spectra"), CsvTable::spectra);
    EXPECT_EQ(parse_csv_table("verdicts"), CsvTable::verdicts);
    EXPECT_EQ(parse_csv_table("unit"), std::nullopt);
}

class ExportCsv : public ::testing::Test {
protected:
    ExportCsv()
    {
        fill_shard(shard, plan, 0, [&](std::int64_t row) {
            UnitResult result = made_up(plan, row);
            if (row == 3)
                result = {.state = UnitState::failed,
                          .reason = "unit:nonfinite[0,1]=inf",
                          .method = {},
                          .sigma = {},
                          .error = {},
                          .moments = {},
                          .timing = {}};
            if (row == 8)
                result.state = UnitState::pending;
            return result;
        });
        aggregate(std::array{shard}, whole);
    }

    static std::string text(const std::filesystem::path& file, CsvTable table)
    {
        std::ostringstream out;
        export_csv(file, table, out);
        return out.str();
    }

    const TemporaryFolder folder;
    const sweep::Plan plan = small_plan();
    const std::filesystem::path shard = folder / "shard-0000.h5";
    const std::filesystem::path whole = folder / "whole.h5";
};

TEST_F(ExportCsv, ShardAndAggregateGiveTheSameTables)
{
    for (const CsvTable table : {CsvTable::units, CsvTable::spectra, CsvTable::timing, CsvTable::verdicts})
        EXPECT_TRUE(text(shard, table) == text(whole, table)) << csv_table_names()[static_cast<std::size_t>(table)];
}

TEST_F(ExportCsv, UnitsBeginWithTheColumnsOfTheInterfaceInTheirOrder)
{
    EXPECT_THAT(
        text(whole, CsvTable::units),
        StartsWith(
            "unit_id,checkpoint,step,matrix,role,block_index,rows,cols,dtype,quantizer,bits_per_weight,state,reason,"
            "method,"
            "sigma_count,sigma_max,sigma_max_error,sigma_min,frobenius_squared,stable_rank,condition_number,"
            "numerical_rank,erank_sv,erank_energy,pr_energy,spectral_slope,powerlaw_alpha,powerlaw_xmin,powerlaw_d,"
            "powerlaw_n_tail,stable_rank_ratio,frobenius_ratio,sigma_max_ratio,error_frobenius,error_spectral,error_"
            "max,"
            "sqnr_db,noise_alignment,weyl_tightness,mirsky_tightness,epsilon_slope,epsilon_r2,epsilon_r2_null_median,"
            "epsilon_r2_null_95,zero_share,clipped_share,error_spectral_upper,numerical_rank_low,numerical_rank_high,"
            "condition_number_lower,unresolved_count"));
    EXPECT_THAT(text(whole, CsvTable::verdicts),
                StartsWith("claim,source,scope,unit_id,left,right,ratio,verdict,note\r\n"));
}

TEST_F(ExportCsv, NeverSaysNan)
{
    for (const CsvTable table : {CsvTable::units, CsvTable::spectra, CsvTable::timing})
        EXPECT_THAT(text(whole, table), Not(HasSubstr("nan,")));
}

TEST_F(ExportCsv, EveryEmptyFieldHasItsReason)
{
    if (!python_is_available())
        GTEST_SKIP() << "no python3";
    export_csv(whole, CsvTable::units, folder / "units.csv");
    const PythonResult read =
        run_python(R"(
import csv, sys
rows = list(csv.DictReader(open(sys.argv[1], newline='', encoding='utf-8')))
assert len(rows) == 21
names = list(rows[0])
single = names[names.index('sigma_max'):names.index('stable_rank_ratio')] + ['numerical_rank_low', 'numerical_rank_high', 'condition_number_lower', 'unresolved_count']
pair = names[names.index('stable_rank_ratio'):names.index('error_spectral_upper') + 1]
for r in rows:
    items = dict(i.split(':', 1) for i in r['reason'].split(';') if i)
    if r['state'] != 'done':
        assert 'unit' in items and all(r[c] == '' for c in single + pair), r
        continue
    for c in single:
        assert (r[c] == '') == (c in items), (c, r[c], items)
    for c in pair:
        if r['quantizer'] == 'reference': assert r[c] == '' and c not in items
        else: assert (r[c] == '') == (c in items), (c, r[c], items)
assert rows[3]['reason'] == 'unit:nonfinite[0,1]=inf' and rows[3]['state'] == 'failed'
assert rows[8]['state'] == 'pending'
assert 'stable_rank_ratio:reference-failed' in rows[4]['reason']
assert 'stable_rank:zero-matrix' in rows[15]['reason']
assert rows[0]['step'] == '' and rows[15]['step'] == '500' and rows[15]['checkpoint'] == 'größe, "2"'
assert rows[0]['block_index'] == '' and rows[3]['block_index'] == '0'
assert rows[1]['quantizer'] == 'int:block=32' and float(rows[1]['bits_per_weight']) == 4.5
assert float(rows[1]['sigma_max']) == float.fromhex(sys.argv[2])
print('ok')
)",
                   {(folder / "units.csv").string(), fmt::format("{:a}", made_up(plan, 1).sigma[0])});
    EXPECT_EQ(read.output, "ok\n");
}

TEST_F(ExportCsv, SpectraListEachIdOnce)
{
    const std::string spectra = text(whole, CsvTable::spectra);
    // rows: 3·3 + (unit 3 failed) 2·5 + (unit 8 pending) 2·2 + 3·3 + 3·4 + 0
    EXPECT_EQ(std::count(spectra.begin(), spectra.end(), '\n') - 1, 9 + 10 + 4 + 9 + 12);
    EXPECT_THAT(spectra, HasSubstr("\r\n" + plan.units[0].id + ",1,"));
}

TEST_F(ExportCsv, TimingOfAnAggregateNeedsItsProvenance)
{
    EXPECT_THAT(text(whole, CsvTable::timing), HasSubstr(plan.units[0].id + ",0,1,0.125,0,0,0.5,0,1000,0"));
    std::filesystem::remove(folder / "whole.provenance.h5");
    EXPECT_THROW(text(whole, CsvTable::timing), UsageError);
}

TEST_F(ExportCsv, AFileAppearsWholeOrNotAtAll)
{
    EXPECT_THROW(export_csv(folder / "nothing.h5", CsvTable::units, folder / "out.csv"), IoError);
    EXPECT_THROW(export_csv(whole, CsvTable::units, folder / "missing" / "out.csv"), IoError);
    EXPECT_FALSE(std::filesystem::exists(folder / "out.csv"));
    EXPECT_EQ(export_csv(whole, CsvTable::units, folder / "out.csv"), 21);
    EXPECT_EQ(bytes_of(folder / "out.csv"), text(whole, CsvTable::units));
}

}  // namespace
}  // namespace specsweep::results
