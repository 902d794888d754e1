#include "results/salvage.hpp"

#include <algorithm>
#include <fstream>
#include <limits>
#include <system_error>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/text.hpp"
#include "hdf5/column.hpp"
#include "hdf5/text_column.hpp"
#include "results/create_shard.hpp"
#include "results/layout.hpp"
#include "results/result_file.hpp"
#include "results/timing_store.hpp"
#include "results/unit_store.hpp"

namespace specsweep::results {

namespace {

/// Where raw data begin: everything before is HDF5's own bookkeeping, which the fresh file has intact.
std::int64_t first_raw_byte(const std::filesystem::path& fresh)
{
    const hdf5::File file = hdf5::File::open(fresh, hdf5::Access::read);
    std::int64_t first = std::numeric_limits<std::int64_t>::max();
    for (const std::string& group : file.names("/"))
        for (const std::string& name : file.names("/" + group))
            if (const std::int64_t offset = hdf5::Dataset::byte_range(file, "/" + group + "/" + name).first;
                offset >= 0)
                first = std::min(first, offset);
    return first;
}

/// `mixed` becomes the fresh file with the raw bytes of the old one; zeros where that has none.
void overlay(const std::filesystem::path& old_file, const std::filesystem::path& mixed, std::int64_t from)
{
    std::ifstream source(old_file, std::ios::binary);
    std::fstream target(mixed, std::ios::binary | std::ios::in | std::ios::out);
    const auto end = static_cast<std::int64_t>(std::filesystem::file_size(mixed));
    std::vector<char> buffer(std::size_t{1} << 20U);
    source.seekg(from);
    target.seekp(from);
    for (std::int64_t at = from; at < end;) {
        const std::int64_t length = std::min<std::int64_t>(end - at, std::ssize(buffer));
        std::fill(buffer.begin(), buffer.end(), '\0');
        source.read(buffer.data(), length);  // may come short: what is not there stays zero
        if (source.bad() || !target.write(buffer.data(), length))
            throw IoError(fmt::format("cannot copy {} into {}", old_file.string(), mixed.string()));
        at += length;
    }
    target.close();
    if (!target)
        throw IoError(fmt::format("cannot write {}", mixed.string()));
}

void copy_provenance(const hdf5::File& from, hdf5::File& to)
{
    const auto source = hdf5::TextColumn::open(from, layout::provenance::runs);
    auto target = hdf5::TextColumn::open(to, layout::provenance::runs);
    std::int64_t slot = 0;
    for (const std::string& text : source.read_all())
        if (text.starts_with('{') && is_utf8(text))
            target.write(slot++, text);
}

/// @return whether any unit id of the old file stands where it should.
bool copy_intact(const hdf5::File& from, hdf5::File& to, const Contents& contents, Salvage& salvage)
{
    const std::vector<std::string> ids = hdf5::TextColumn::open(from, layout::units::id).read_all();
    const auto units = static_cast<std::int64_t>(contents.units.size());
    const UnitStore old_store = UnitStore::open(from, contents);
    const TimingStore old_timing = TimingStore::open(from, units);
    UnitStore store = UnitStore::open(to, contents);
    TimingStore timing = TimingStore::open(to, units);
    std::vector<std::int64_t> kept_rows;
    std::vector<Timing> kept_timings;
    bool any_id = false;
    for (std::int64_t row = 0; row < units; ++row) {
        const bool same_id = ids[static_cast<std::size_t>(row)] == contents.units[static_cast<std::size_t>(row)].id;
        any_id = any_id || same_id;
        const UnitResult held = old_store.read(contents, row);
        if (held.state == UnitState::pending)
            continue;
        if (!same_id || !old_store.crc_holds(contents, row, held)) {
            salvage.damaged.push_back(row);
            continue;
        }
        store.write(contents, std::span<const std::int64_t>(&row, 1), held);
        kept_rows.push_back(row);
        kept_timings.push_back(old_timing.read(row));
        ++salvage.kept;
    }
    timing.write(kept_rows, kept_timings);
    copy_provenance(from, to);
    return any_id;
}

/// Keeps the old file under another name without a moment in which `path` names nothing.
std::filesystem::path set_aside(const std::filesystem::path& path, const std::string& ending)
{
    std::filesystem::path aside = path;
    aside += ending;
    std::filesystem::remove(aside);
    std::error_code error;
    std::filesystem::create_hard_link(path, aside, error);
    if (error)
        std::filesystem::copy_file(path, aside);
    return aside;
}

class TemporaryFile {
public:
    explicit TemporaryFile(std::filesystem::path path) : path(std::move(path)) {}
    ~TemporaryFile()
    {
        std::error_code ignored;
        std::filesystem::remove(path, ignored);
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;

    const std::filesystem::path path;
};

}  // namespace

Salvage salvage_shard_file(const std::filesystem::path& path, const Contents& contents, const std::string& provenance,
                           const std::string& problem)
{
    const TemporaryFile fresh(temporary_beside(path));
    const TemporaryFile mixed(temporary_beside(fresh.path));
    create_shard_file(fresh.path, contents, provenance);
    std::filesystem::copy_file(fresh.path, mixed.path);
    overlay(path, mixed.path, first_raw_byte(fresh.path));

    Salvage salvage;
    {
        const hdf5::File from = hdf5::File::open(mixed.path, hdf5::Access::read);
        hdf5::File to = hdf5::File::open(fresh.path, hdf5::Access::write);
        if (!copy_intact(from, to, contents, salvage))
            throw InputError(problem, "no unit of this plan can be found in it",
                             "remove it, or choose another place with -o");
        to.close();
    }
    salvage.old_file = set_aside(path, ".damaged");
    seal_and_publish(fresh.path, path);
    return salvage;
}

Upgrade upgrade_shard_file(const std::filesystem::path& path, const Contents& contents, const std::string& provenance)
{
    const TemporaryFile fresh(temporary_beside(path));
    create_shard_file(fresh.path, contents, provenance);
    Upgrade upgrade;
    std::int64_t version = 0;
    {
        const ResultFile from = ResultFile::open(path);
        version = from.header().format_version;
        const auto units = static_cast<std::int64_t>(contents.units.size());
        hdf5::File to = hdf5::File::open(fresh.path, hdf5::Access::write);
        const TimingStore old_timing = TimingStore::open(from.file(), units);
        UnitStore store = UnitStore::open(to, contents);
        TimingStore timing = TimingStore::open(to, units);
        for (std::int64_t row = 0; row < units; ++row) {
            if (from.state(row) == UnitState::pending)
                continue;
            const UnitResult held = from.read(row);
            if (!from.crc_holds(row, held))
                continue;
            store.write(contents, std::span<const std::int64_t>(&row, 1), held);
            const Timing when = old_timing.read(row);
            timing.write(std::span<const std::int64_t>(&row, 1), std::span<const Timing>(&when, 1));
            ++upgrade.kept;
        }
        copy_provenance(from.file(), to);
        store = UnitStore();
        timing = TimingStore();
        to.close();
    }
    upgrade.old_file = set_aside(path, fmt::format(".format-{}", version));
    seal_and_publish(fresh.path, path);
    return upgrade;
}

}  // namespace specsweep::results
