#include "results/provenance_file.hpp"

#include "base/log.hpp"
#include "hdf5/text_column.hpp"
#include "results/contents_io.hpp"
#include "results/create_shard.hpp"
#include "results/layout.hpp"
#include "results/source_files.hpp"
#include "results/table_io.hpp"
#include "results/timing_store.hpp"

namespace specsweep::results {

namespace {

void write_texts(hdf5::File& file, std::string_view path, const std::vector<std::string>& values)
{
    const auto width = width_of(values, [](const std::string& text) -> std::string_view { return text; });
    hdf5::TextColumn::create(file, path, static_cast<std::int64_t>(values.size()), width).write(0, values);
}

void write_all(hdf5::File& file, const Provenance& provenance)
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
    write_texts(file, layout::provenance::aggregate, {provenance.aggregate});

    const auto units = static_cast<std::int64_t>(provenance.timing.size());
    TimingStore::create(file, units).write_all(provenance.timing);
    write_texts(file, layout::timing::unit_id, provenance.unit_ids);
    hdf5::Column<std::int64_t>::create(file, layout::timing::source, units, -1).write(0, provenance.timing_source);
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

void write_provenance_file(const std::filesystem::path& path, const Header& of_aggregate, const Provenance& provenance)
{
    Header header = of_aggregate;
    header.kind = FileKind::provenance;
    const std::filesystem::path temporary = temporary_beside(path);
    std::filesystem::remove(temporary);
    hdf5::File file = hdf5::File::create(temporary, layout::metadata_bytes);
    write_header(file, header);
    write_all(file, provenance);
    file.close();
    seal_and_publish(temporary, path);
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
