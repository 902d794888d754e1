#include "results/aggregate.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/integer.hpp"
#include "base/json.hpp"
#include "results/collect.hpp"
#include "results/contents_io.hpp"
#include "results/create_shard.hpp"
#include "results/derived_columns.hpp"
#include "results/layout.hpp"
#include "results/merge.hpp"
#include "results/reserve_space.hpp"
#include "results/source_files.hpp"

namespace specsweep::results {

namespace {

/// What stands at `output` is an older state of the same aggregate, or one of the sources. @throws UsageError
void refuse_other_file(const std::filesystem::path& output, const std::vector<std::filesystem::path>& sources,
                       const Header& wanted)
{
    std::error_code none;
    if (!std::filesystem::exists(output, none))
        return;
    for (const std::filesystem::path& source : sources)
        if (std::filesystem::equivalent(output, source, none))
            return;
    const auto refuse = [&](const std::string& why) {
        throw UsageError(fmt::format("{} is there already", output.string()), why,
                         "choose another place with -o, or move that one away");
    };
    if (!std::filesystem::is_regular_file(output, none))
        refuse("it is no file");
    std::string sweep;
    try {
        const hdf5::File file = hdf5::File::open(output, hdf5::Access::read);
        sweep = read_contents(file).header.sweep_sha256;
    } catch (const InputError& error) {
        refuse(fmt::format("it is no readable result file: {}", error.what()));
    }
    if (sweep != wanted.sweep_sha256)
        refuse(fmt::format("it holds sweep {}, the shards are of {}", sweep.substr(0, 12),
                           wanted.sweep_sha256.substr(0, 12)));
}

/// Shards of the cut that most files come from, without a file.
std::vector<std::int32_t> absent_shards(const std::vector<Header>& headers)
{
    std::map<std::string, std::int64_t> files_of_cut;
    for (const Header& header : headers)
        if (header.kind == FileKind::shard)
            ++files_of_cut[header.cut_sha256];
    if (files_of_cut.empty())
        return {};
    const auto most = std::max_element(files_of_cut.begin(), files_of_cut.end(),
                                       [](const auto& a, const auto& b) { return a.second < b.second; });
    std::set<std::int64_t> present;
    std::int64_t count = 0;
    for (const Header& header : headers)
        if (header.kind == FileKind::shard && header.cut_sha256 == most->first) {
            present.insert(header.shard);
            count = header.shard_count;
        }
    std::vector<std::int32_t> absent;
    for (std::int64_t shard = 0; shard < count; ++shard)
        if (!present.contains(shard))
            absent.push_back(static_cast<std::int32_t>(shard));
    return absent;
}

Contents merged_tables(const std::vector<std::filesystem::path>& files, AggregateSummary& summary)
{
    TableMerge merge;
    std::vector<Header> headers;
    for (const std::filesystem::path& path : files) {
        const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
        const Contents contents = read_contents(file);
        if (static_crc(contents) != stored_static_crc(file))
            throw InputError(fmt::format("{} is damaged", path.string()), "its tables do not fit their CRC",
                             "run its shard again: intact units are kept");
        merge.add(contents, path);
        headers.push_back(contents.header);
    }
    Contents contents = merge.finish();
    summary.files = static_cast<std::int64_t>(files.size());
    summary.planned = contents.header.planned_units;
    summary.units = static_cast<std::int64_t>(contents.units.size());
    summary.missing = summary.planned - summary.units;
    if (summary.missing > 0)
        summary.missing_shards = absent_shards(headers);
    return contents;
}

void count_states(const UnitColumns& columns, AggregateSummary& summary)
{
    for (std::size_t row = 0; row < columns.size(); ++row)
        switch (columns.state(static_cast<std::int64_t>(row))) {
            case UnitState::pending:
                ++summary.pending;
                break;
            case UnitState::done:
                ++summary.done;
                break;
            case UnitState::failed:
                ++summary.failed;
                break;
        }
}

void write_judgement(hdf5::File& file, const VerdictTable& table, const Contents& contents, AggregateSummary& summary)
{
    for (const VerdictRow& row : table.rows) {
        const ClaimRow& claim = table.claims[static_cast<std::size_t>(row.claim)];
        if (claim.law == 1 && row.unit >= 0 && row.verdict == static_cast<std::uint8_t>(Verdict::violated))
            summary.broken_laws.push_back(claim.name + ' ' + contents.units[static_cast<std::size_t>(row.unit)].id);
    }
    write_verdicts(file, table);
}

/// Everything of the aggregate, under a temporary name; returns what goes into the provenance file.
Provenance write_aggregate(const std::filesystem::path& temporary, const std::vector<std::filesystem::path>& files,
                           Contents& contents, AggregateSummary& summary, const Judge& judge)
{
    require_space(temporary, checked_multiply(16, contents.sigma_total));
    hdf5::File file = hdf5::File::create(temporary, layout::aggregate_metadata_bytes);
    Provenance provenance;
    {
        write_tables(file, contents);
        SpectrumColumns spectra = SpectrumColumns::create(file, contents.sigma_total);
        Collector collector(contents, spectra, summary);
        for (const std::filesystem::path& path : files)
            collector.add(ResultFile::open(path));
        UnitColumns columns = collector.finish();
        const DerivedColumns derived = derive_all(contents, spectra, columns, summary.inconsistent);
        for (std::size_t row = 0; row < contents.units.size(); ++row)
            if (std::binary_search(summary.inconsistent.begin(), summary.inconsistent.end(),
                                   contents.units[row].plan_row))
                summary.inconsistent_units.push_back(contents.unit_title(static_cast<std::int64_t>(row)));
        count_states(columns, summary);
        write_unit_columns(file, columns);
        write_derived_columns(file, derived);
        if (judge)
            write_judgement(file, judge(contents, columns, derived), contents, summary);
        contents.header.complete = summary.complete() ? 1 : 0;
        write_header(file, contents.header);
        provenance = std::move(collector.provenance());
    }
    file.close();
    return provenance;
}

}  // namespace

AggregateSummary aggregate(std::span<const std::filesystem::path> sources, const std::filesystem::path& output,
                           const Judge& judge)
{
    const std::vector<std::filesystem::path> files = result_files(sources);
    require_writable_folder(output);
    AggregateSummary summary;
    summary.file = output;
    summary.provenance = provenance_path(output);
    Contents contents = merged_tables(files, summary);
    refuse_other_file(output, files, contents.header);
    const std::filesystem::path temporary = temporary_beside(output);
    try {
        std::filesystem::remove(temporary);
        Provenance provenance = write_aggregate(temporary, files, contents, summary, judge);
        provenance.aggregate = canonical_json(to_json(summary));
        write_provenance_file(summary.provenance, contents.header, provenance);
        seal_and_publish(temporary, output);
    } catch (...) {
        std::error_code ignored;
        std::filesystem::remove(temporary, ignored);
        throw;
    }
    return summary;
}

AggregateSummary rederive(const std::filesystem::path& file, const std::filesystem::path& output, const Judge& judge)
{
    const std::array sources{file};
    return aggregate(sources, output, judge);
}

}  // namespace specsweep::results
