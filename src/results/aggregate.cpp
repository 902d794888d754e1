#include "results/aggregate.hpp"

#include <algorithm>
#include <array>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

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
#include "results/reserve_space.hpp"
#include "results/source_files.hpp"
#include "results/source_reader.hpp"
#include "results/spooled_units.hpp"
#include "results/verdict_columns.hpp"
#include "results/writing_back.hpp"

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

/// Tables of all files, each verified.
void index_files(SourceReader& sources, UnitIndex& index, AggregateSummary& summary)
{
    const std::vector<Header> headers = sources.index(index);
    summary.files = std::ssize(headers);
    summary.planned = index.tables().header.planned_units;
    summary.units = index.size();
    summary.missing = summary.planned - summary.units;
    if (summary.missing > 0)
        summary.missing_shards = absent_shards(headers);
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

/// Everything of the aggregate, under a temporary name; returns the provenance file, which lacks the summary.
std::unique_ptr<ProvenanceWriter> write_aggregate(const std::filesystem::path& temporary, SourceReader& sources,
                                                  UnitIndex& index, RecordSpool& records, AggregateSummary& summary,
                                                  const Judge& judge, Durable durable)
{
    sources.start();
    require_space(temporary, checked_multiply(16, index.tables().sigma_total));
    hdf5::File file = hdf5::File::create(temporary, layout::aggregate_metadata_bytes);
    std::unique_ptr<ProvenanceWriter> provenance;
    {
        std::optional<WritingBack> writing_back;
        if (durable == Durable::yes)
            writing_back.emplace(temporary);
        write_lookup_tables(file, index.tables());
        SpectrumColumns spectra = SpectrumColumns::create_unfilled(file, index.tables().sigma_total);
        RareColumns rare = RareColumns::create(file, index.size(), rare_rows(index));
        AggregateColumns columns(file, index);
        Collector collector(index, records, spectra, rare, summary);
        sources.collect(collector);
        RecordCompletion completion(index, records, spectra, rare, summary);
        completion.run();
        index.header().complete = summary.complete() ? 1 : 0;
        const SpooledUnits units(index, records);
        VerdictSpool rows(folder_of(temporary), judge.claims), summaries(folder_of(temporary), judge.claims);
        std::future<std::unique_ptr<Judgement>> judging;  // reads records only: HDF5 is this thread's
        if (judge.judge)
            judging = std::async(std::launch::async, [&] { return judge.judge(units, rows); });
        columns.write(records, completion.long_reasons());
        columns.finish(completion.computed());
        provenance = std::make_unique<ProvenanceWriter>(summary.provenance, index.tables().header,
                                                        collector.provenance(), records, index.size());
        if (judge.judge) {
            const std::unique_ptr<Judgement> judgement = judging.get();
            std::future<VerdictTable> summarizing =
                std::async(std::launch::async, [&] { return judgement->summarize(summaries); });
            VerdictColumns verdicts(file, rows, *judgement);
            verdicts.write_units(rows);
            const VerdictTable texts = summarizing.get();
            verdicts.write_summaries(summaries);
            write_verdict_texts(file, texts);
            name_broken_laws(texts, records, summary);
        }
        write_header(file, index.tables().header);
    }
    const hdf5::Directory directory = file.created();
    file.close();
    hdf5::seal(temporary, directory);
    return provenance;
}

}  // namespace

AggregateSummary aggregate(std::span<const std::filesystem::path> given, const std::filesystem::path& output,
                           const Judge& judge, Durable durable)
{
    SourceReader sources(result_files(given));
    require_writable_folder(output);
    AggregateSummary summary;
    summary.file = output;
    summary.provenance = provenance_path(output);
    UnitIndex index;
    index_files(sources, index, summary);
    refuse_other_file(output, sources.files(), index.tables().header);
    const std::filesystem::path temporary = temporary_beside(output);
    try {
        std::filesystem::remove(temporary);
        RecordSpool records(folder_of(output), index.size());
        const auto provenance = write_aggregate(temporary, sources, index, records, summary, judge, durable);
        std::future<void> published = provenance->publish(canonical_json(to_json(summary)), durable);
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
