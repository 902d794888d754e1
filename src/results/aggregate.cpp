#include "results/aggregate.hpp"

#include <algorithm>
#include <array>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/integer.hpp"
#include "base/json.hpp"
#include "hdf5/seal.hpp"
#include "results/aggregate_columns.hpp"
#include "results/collect.hpp"
#include "results/complete_records.hpp"
#include "results/contents_io.hpp"
#include "results/create_shard.hpp"
#include "results/layout.hpp"
#include "results/read_ahead.hpp"
#include "results/reserve_space.hpp"
#include "results/source_block.hpp"
#include "results/source_files.hpp"
#include "results/spooled_units.hpp"

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

/// @throws InputError: damaged
Contents verified_contents(const hdf5::File& file)
{
    Contents contents = read_contents(file);
    if (static_crc(contents) != stored_static_crc(file))
        throw InputError(fmt::format("{} is damaged", file.path().string()), "its tables do not fit their CRC",
                         "run its shard again: intact units are kept");
    return contents;
}

/// Calls `read` on the file, by a thread beside this one where it can be read without HDF5, which has no threads.
/// @return false: it cannot
template <class Read>
bool read_listed(const std::filesystem::path& path, Read read)
{
    try {
        std::optional<hdf5::File> file = hdf5::File::open_listed(path);
        if (!file)
            return false;
        read(std::move(*file));
        return true;
    } catch (const hdf5::NeedsLibrary&) {
        return false;
    }
}

/// Tables of all files, each verified.
void index_files(const std::vector<std::filesystem::path>& files, UnitIndex& index, AggregateSummary& summary)
{
    ReadAhead<Contents> ahead(files.size(), [&](std::size_t i, const auto& put) {
        read_listed(files[i], [&](const hdf5::File& file) { put(verified_contents(file)); });
    });
    std::vector<Header> headers;
    for (std::size_t i = 0; i < files.size(); ++i) {
        std::optional<Contents> contents = ahead.next(i);
        if (contents)
            ahead.next(i);
        else
            contents = verified_contents(hdf5::File::open(files[i], hdf5::Access::read));
        index.add(*contents, files[i]);
        headers.push_back(contents->header);
    }
    index.finish();
    summary.files = static_cast<std::int64_t>(files.size());
    summary.planned = index.tables().header.planned_units;
    summary.units = index.size();
    summary.missing = summary.planned - summary.units;
    if (summary.missing > 0)
        summary.missing_shards = absent_shards(headers);
}

/// All results of all files, in the order of the files.
void collect(const std::vector<std::filesystem::path>& files, Collector& collector)
{
    ReadAhead<SourceBlock> ahead(files.size(), [&](std::size_t i, const auto& put) {
        std::shared_ptr<const Source> source;
        const auto open = [&](hdf5::File&& file) {
            source = std::make_shared<const Source>(ResultFile(std::move(file)));
        };
        if (read_listed(files[i], open))
            read_blocks(source, put);
    });
    for (std::size_t i = 0; i < files.size(); ++i) {
        std::optional<SourceBlock> block = ahead.next(i);
        if (!block) {
            const auto source = std::make_shared<const Source>(ResultFile::open(files[i]));
            collector.begin(*source);
            read_blocks(source, [&](const SourceBlock& one) {
                collector.add(one);
                return true;
            });
            continue;
        }
        collector.begin(*block->source);
        for (; block; block = ahead.next(i))
            collector.add(*block);
    }
}

/// Theorems that do not hold on a unit.
void name_broken_laws(const VerdictTable& texts, const RecordSpool& records, AggregateSummary& summary)
{
    RecordBlock block;
    for (const BrokenLaw& law : texts.broken_laws) {
        records.read(law.unit, 1, block);
        summary.broken_laws.push_back(fmt::format("{} {}", texts.claims[static_cast<std::size_t>(law.claim)].name,
                                                  text_of(block.record(law.unit).id)));
    }
}

/// Everything of the aggregate, under a temporary name; returns what goes into the provenance file.
Provenance write_aggregate(const std::filesystem::path& temporary, const std::vector<std::filesystem::path>& files,
                           UnitIndex& index, RecordSpool& records, AggregateSummary& summary, const Judge& judge,
                           Durable durable)
{
    require_space(temporary, checked_multiply(16, index.tables().sigma_total));
    hdf5::File file = hdf5::File::create(temporary, layout::aggregate_metadata_bytes);
    Provenance provenance;
    {
        write_lookup_tables(file, index.tables());
        SpectrumColumns spectra = SpectrumColumns::create_unfilled(file, index.tables().sigma_total);
        RareColumns rare = RareColumns::create(file, index.size(), rare_rows(index));
        AggregateColumns columns(file, index);
        Collector collector(index, records, spectra, rare, summary);
        collect(files, collector);
        std::future<void> writing_back;
        if (durable == Durable::yes)
            writing_back = std::async(std::launch::async, [&] { start_writing_back(temporary); });
        RecordCompletion completion(index, records, spectra, rare, summary);
        completion.run();
        VerdictSpool rows(folder_of(temporary), judge.claims);
        std::future<VerdictTable> verdicts;  // reads records only: HDF5 is this thread's
        if (judge.judge)
            verdicts = std::async(std::launch::async, [&] { return judge.judge(SpooledUnits(index, records), rows); });
        columns.write(records, completion.long_reasons());
        columns.finish(completion.computed());
        if (judge.judge) {
            const VerdictTable texts = verdicts.get();
            name_broken_laws(texts, records, summary);
            write_verdicts(file, texts, rows);
        }
        index.header().complete = summary.complete() ? 1 : 0;
        write_header(file, index.tables().header);
        provenance = std::move(collector.provenance());
    }
    file.close();
    return provenance;
}

}  // namespace

AggregateSummary aggregate(std::span<const std::filesystem::path> sources, const std::filesystem::path& output,
                           const Judge& judge, Durable durable)
{
    const std::vector<std::filesystem::path> files = result_files(sources);
    require_writable_folder(output);
    AggregateSummary summary;
    summary.file = output;
    summary.provenance = provenance_path(output);
    UnitIndex index;
    index_files(files, index, summary);
    refuse_other_file(output, files, index.tables().header);
    const std::filesystem::path temporary = temporary_beside(output);
    try {
        std::filesystem::remove(temporary);
        RecordSpool records(folder_of(output), index.size());
        Provenance provenance = write_aggregate(temporary, files, index, records, summary, judge, durable);
        provenance.aggregate = canonical_json(to_json(summary));
        std::future<void> published = write_provenance_file(summary.provenance, index.tables().header, provenance,
                                                            records, index.size(), durable);
        hdf5::seal(temporary);
        if (durable == Durable::yes)
            make_durable(temporary);
        published.get();
        publish(temporary, output, durable);
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
