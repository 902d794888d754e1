#include "results/provenance_file.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "hdf5/seal.hpp"
#include "hdf5/text_column.hpp"
#include "results/contents_io.hpp"
#include "results/create_shard.hpp"
#include "results/layout.hpp"
#include "results/source_files.hpp"
#include "results/table_io.hpp"
#include "results/timing_store.hpp"

namespace specsweep::results {

namespace {

constexpr std::int64_t block_rows = 1024;

void write_units(hdf5::File& file, const RecordSpool& records, std::int64_t units)
{
    TimingStore timing = TimingStore::create(file, units);
    auto ids = hdf5::TextColumn::create_unfilled(file, layout::timing::unit_id, units, layout::id_width);
    auto sources = hdf5::Column<std::int64_t>::create_unfilled(file, layout::timing::source, units);
    RecordBlock block;
    for (std::int64_t first = 0; first < units; first += block_rows) {
        const std::int64_t count = std::min(block_rows, units - first);
        records.read(first, count, block);
        std::vector<Timing> timings;
        std::vector<std::int64_t> source_rows;
        std::vector<char> id_elements;
        for (std::int64_t row = first; row < first + count; ++row) {
            const UnitRecord& record = block.record(row);
            const bool is_there = record.state != UnitState::pending;
            timings.push_back(is_there ? record.timing : Timing{});
            source_rows.push_back(is_there ? record.timing_source : -1);
            id_elements.insert(id_elements.end(), record.id.begin(), record.id.end());
        }
        timing.write_rows(first, timings);
        ids.write_padded(first, id_elements);
        sources.write(first, source_rows);
    }
}

void write_sources(hdf5::File& file, const Provenance& provenance)
{
    file.create_group(layout::sources::group);
    write_text_member(file, layout::sources::path, provenance.sources, &SourceRow::path);
    write_text_member(file, layout::sources::cut_sha256, provenance.sources, &SourceRow::cut_sha256);
    write_member(file, layout::sources::shard, provenance.sources, &SourceRow::shard);
    write_member(file, layout::sources::units, provenance.sources, &SourceRow::units);
    write_text_member(file, layout::sources::plan, provenance.sources, &SourceRow::plan);

    file.create_group(layout::provenance::group);
    write_member(file, layout::sources::run_source, provenance.runs, &RunRow::source);
    write_text_member(file, layout::provenance::runs, provenance.runs, &RunRow::text);
}

hdf5::File new_file(const std::filesystem::path& path)
{
    std::filesystem::remove(path);
    return hdf5::File::create(path, layout::metadata_bytes);
}

std::vector<RunRow> runs_of_shard(const hdf5::File& file)
{
    std::vector<RunRow> runs;
    for (std::string& text : hdf5::TextColumn::open(file, layout::provenance::runs).read_all())
        if (!text.empty())
            runs.push_back({0, std::move(text)});
    return runs;
}

Provenance provenance_of_shard(const ResultFile& shard)
{
    Provenance found;
    SourceRow source;
    source.path = std::filesystem::absolute(shard.path()).string();
    source.cut_sha256 = shard.header().cut_sha256;
    source.shard = shard.header().shard;
    source.units = shard.size();
    const std::vector<std::string> plan = hdf5::TextColumn::open(shard.file(), layout::provenance::plan).read_all();
    if (!plan.empty())
        source.plan = plan.front();
    found.sources.push_back(std::move(source));
    found.runs = runs_of_shard(shard.file());
    found.timing = TimingStore::open(shard.file(), shard.size()).read_all();
    found.timing_source.assign(found.timing.size(), 0);
    return found;
}

Provenance unknown_provenance(const ResultFile& file)
{
    Provenance found;
    SourceRow source;
    source.path = std::filesystem::absolute(file.path()).string();
    source.units = file.size();
    found.sources.push_back(std::move(source));
    found.timing.resize(static_cast<std::size_t>(file.size()));
    found.timing_source.assign(found.timing.size(), -1);
    return found;
}

}  // namespace

Provenance read_provenance_file(const std::filesystem::path& path)
{
    const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
    if (read_header(file).kind != FileKind::provenance)
        throw InputError(fmt::format("{} is no provenance file", path.string()));
    Provenance found;
    found.sources.resize(static_cast<std::size_t>(hdf5::TextColumn::open(file, layout::sources::path).size()));
    read_text_member(file, layout::sources::path, found.sources, &SourceRow::path);
    read_text_member(file, layout::sources::cut_sha256, found.sources, &SourceRow::cut_sha256);
    read_member(file, layout::sources::shard, found.sources, &SourceRow::shard);
    read_member(file, layout::sources::units, found.sources, &SourceRow::units);
    read_text_member(file, layout::sources::plan, found.sources, &SourceRow::plan);
    found.runs.resize(static_cast<std::size_t>(hdf5::TextColumn::open(file, layout::provenance::runs).size()));
    read_member(file, layout::sources::run_source, found.runs, &RunRow::source);
    read_text_member(file, layout::provenance::runs, found.runs, &RunRow::text);
    found.unit_ids = hdf5::TextColumn::open(file, layout::timing::unit_id).read_all();
    found.timing = TimingStore::open(file, static_cast<std::int64_t>(found.unit_ids.size())).read_all();
    const auto source = hdf5::Column<std::int64_t>::open(file, layout::timing::source);
    require_length(source, found.unit_ids.size(), file);
    found.timing_source = source.read_all();
    const std::vector<std::string> aggregate = hdf5::TextColumn::open(file, layout::provenance::aggregate).read_all();
    found.aggregate = aggregate.empty() ? std::string() : aggregate.front();
    return found;
}

ProvenanceWriter::ProvenanceWriter(const std::filesystem::path& path, const Header& of_aggregate,
                                   const Provenance& provenance, const RecordSpool& records, std::int64_t units)
    : path_(path), temporary_(temporary_beside(path)), file_(new_file(temporary_))
{
    Header header = of_aggregate;
    header.kind = FileKind::provenance;
    write_header(file_, header);
    write_sources(file_, provenance);
    write_units(file_, records, units);
}

ProvenanceWriter::~ProvenanceWriter()
{
    std::error_code ignored;
    std::filesystem::remove(temporary_, ignored);
}

std::future<void> ProvenanceWriter::publish(const std::string& aggregate, Durable durable)
{
    write_texts(file_, layout::provenance::aggregate, {aggregate});
    const hdf5::Directory directory = file_.created();
    file_.close();
    hdf5::seal(temporary_, directory);
    return std::async(std::launch::async, [this, durable] { results::publish(temporary_, path_, durable); });
}

Provenance provenance_of(const ResultFile& file)
{
    if (file.header().kind == FileKind::shard)
        return provenance_of_shard(file);
    const std::filesystem::path beside = provenance_path(file.path());
    if (!std::filesystem::exists(beside))
        return unknown_provenance(file);
    Provenance found = read_provenance_file(beside);
    if (static_cast<std::int64_t>(found.timing.size()) == file.size())
        return found;
    log_warning("{} does not belong to {}: its timing is left out", beside.string(), file.path().string());
    return unknown_provenance(file);
}

}  // namespace specsweep::results
