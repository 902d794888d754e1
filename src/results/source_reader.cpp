#include "results/source_reader.hpp"

#include <utility>

#include "base/error.hpp"
#include "base/format.hpp"
#include "results/contents_io.hpp"
#include "results/static_crc.hpp"

namespace specsweep::results {

namespace {

constexpr std::size_t most_kept_files = 64;
constexpr std::int64_t most_kept_units = std::int64_t{1} << 17U;  // some 40 MB

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

}  // namespace

SourceReader::SourceReader(std::vector<std::filesystem::path> files) : files_(std::move(files)), kept_(files_.size()) {}

void SourceReader::keep(std::size_t i, Opened&& opened)
{
    const auto units = std::ssize(opened.contents.units);
    if (kept_files_ == most_kept_files || kept_units_ + units > most_kept_units)
        return;
    ++kept_files_;
    kept_units_ += units;
    kept_[i] = std::move(opened);
}

std::vector<Header> SourceReader::index(UnitIndex& index)
{
    ReadAhead<Opened> ahead(files_.size(), [&](std::size_t i, const auto& put) {
        read_listed(files_[i], [&](hdf5::File&& file) {
            Contents contents = verified_contents(file);
            put({std::move(file), std::move(contents)});
        });
    });
    std::vector<Header> headers;
    for (std::size_t i = 0; i < files_.size(); ++i) {
        std::optional<Opened> listed = ahead.next(i);
        if (listed)
            ahead.next(i);
        const Contents other = listed ? Contents() : verified_contents(hdf5::File::open(files_[i], hdf5::Access::read));
        const Contents& contents = listed ? listed->contents : other;
        index.add(contents, files_[i]);
        headers.push_back(contents.header);
        if (listed)
            keep(i, std::move(*listed));
    }
    index.finish();
    return headers;
}

void SourceReader::start()
{
    ahead_ = std::make_unique<ReadAhead<SourceBlock>>(files_.size(), [this](std::size_t i, const auto& put) {
        std::shared_ptr<const Source> source;
        if (std::optional<Opened> kept = std::exchange(kept_[i], std::nullopt))
            source = std::make_shared<const Source>(ResultFile(std::move(kept->file), std::move(kept->contents)));
        else if (!read_listed(files_[i], [&](hdf5::File&& file) {
                     source = std::make_shared<const Source>(ResultFile(std::move(file)));
                 }))
            return;
        read_blocks(source, put);
    });
}

void SourceReader::collect(Collector& collector)
{
    for (std::size_t i = 0; i < files_.size(); ++i) {
        std::optional<SourceBlock> block = ahead_->next(i);
        if (!block) {
            const auto source = std::make_shared<const Source>(ResultFile::open(files_[i]));
            collector.begin(*source);
            read_blocks(source, [&](const SourceBlock& one) {
                collector.add(one);
                return true;
            });
            continue;
        }
        collector.begin(*block->source);
        for (; block; block = ahead_->next(i))
            collector.add(*block);
    }
}

}  // namespace specsweep::results
