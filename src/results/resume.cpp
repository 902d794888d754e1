#include "results/resume.hpp"

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/format.hpp"
#include "base/log.hpp"
#include "hdf5/text_column.hpp"
#include "results/contents_io.hpp"
#include "results/create_shard.hpp"
#include "results/file_names.hpp"
#include "results/layout.hpp"
#include "results/salvage.hpp"
#include "results/unit_store.hpp"

namespace specsweep::results {

namespace {

/// Files that an earlier run was killed over before they had their name, and what Open MPI left of its shared file
/// pointers (NAME-COMMUNICATOR-PROCESS.lock); the caller holds the lock.
void remove_stale_temporaries(const std::filesystem::path& path)
{
    const std::filesystem::path sample = temporary_beside(path);
    const std::string prefix = fmt::format(".{}.", path.filename().string());
    const std::string pointers = fmt::format("{}-", path.filename().string());
    for (const auto& entry : std::filesystem::directory_iterator(sample.parent_path())) {
        const std::string name = entry.path().filename().string();
        if ((name.starts_with(prefix) && name.ends_with(".tmp")) ||
            (name.starts_with(pointers) && name.ends_with(".lock")))
            std::filesystem::remove(entry.path());
    }
}

void create(const std::filesystem::path& path, const Contents& contents, const std::string& provenance)
{
    const std::filesystem::path temporary = temporary_beside(path);
    try {
        create_shard_file(temporary, contents, provenance);
        seal_and_publish(temporary, path);
    } catch (...) {
        std::error_code ignored;
        std::filesystem::remove(temporary, ignored);
        throw;
    }
}

bool same_units(const Contents& a, const Contents& b)
{
    const auto same = [](const UnitRow& x, const UnitRow& y) {
        return x.plan_row == y.plan_row && x.id == y.id && x.matrix == y.matrix && x.quantizer == y.quantizer &&
               x.reference == y.reference && x.solver == y.solver;
    };
    return a.checkpoints == b.checkpoints && a.matrices == b.matrices && a.quantizers == b.quantizers &&
           std::equal(a.units.begin(), a.units.end(), b.units.begin(), b.units.end(), same);
}

/// @throws UsageError when `held` is whole, but not what the plan asks for; InputError when it is damaged.
void require_same(const std::filesystem::path& path, const Contents& held, std::uint32_t stored_crc,
                  const Contents& wanted)
{
    if (static_crc(held) != stored_crc)
        throw InputError(fmt::format("{} is damaged", path.string()), "its tables do not fit their CRC");
    if (held.header.kind != FileKind::shard)
        throw UsageError(fmt::format("{} is no shard file", path.string()), "it is an aggregate",
                         "choose another place with -o");
    if (held.header.sweep_sha256 != wanted.header.sweep_sha256)
        throw UsageError(fmt::format("{} belongs to another sweep", path.string()),
                         fmt::format("it holds sweep {} ({}), the plan is sweep {} ({})", held.header.sweep_sha256,
                                     held.header.name, wanted.header.sweep_sha256, wanted.header.name),
                         "choose another place with -o, or remove the file");
    if (!same_units(held, wanted))
        throw UsageError(
            fmt::format("{} belongs to another cut of this sweep", path.string()),
            fmt::format("it holds shard {} of cut {}, the plan asks for shard {} of cut {}", held.header.shard,
                        held.header.cut_sha256, wanted.header.shard, wanted.header.cut_sha256),
            "choose another place with -o; `aggregate` takes files of several cuts");
}

/// Verifies what the file says is computed; brings rows of one id to the same state.
ResumePoint verified_states(const Contents& contents, UnitStore& store)
{
    ResumePoint point;
    point.states = store.read_states();
    for (const std::vector<std::int64_t>& rows : rows_by_id(contents)) {
        UnitResult intact;
        bool all_equal = true;
        for (const std::int64_t row : rows) {
            UnitState& state = point.states[static_cast<std::size_t>(row)];
            if (state == UnitState::pending) {
                all_equal = false;
                continue;
            }
            UnitResult held = store.read(contents, row);
            if (store.crc_holds(contents, row, held)) {
                if (intact.state != UnitState::done)
                    intact = std::move(held);
                continue;
            }
            all_equal = false;
            point.damaged.push_back(row);
            store.write_state(row, UnitState::pending);
            state = UnitState::pending;
        }
        if (all_equal || intact.state == UnitState::pending)
            continue;
        for (const std::int64_t row : rows)
            if (point.states[static_cast<std::size_t>(row)] != UnitState::pending)
                store.write_state(row, UnitState::pending);
        store.write(contents, rows, intact);
        for (const std::int64_t row : rows)
            point.states[static_cast<std::size_t>(row)] = intact.state;
    }
    std::sort(point.damaged.begin(), point.damaged.end());
    return point;
}

/// Of a file that has just been created.
ResumePoint nothing_done(const Contents& contents)
{
    ResumePoint point;
    point.states.assign(contents.units.size(), UnitState::pending);
    return point;
}

std::int64_t free_run_slot(const hdf5::File& file)
{
    const std::vector<std::string> runs = hdf5::TextColumn::open(file, layout::provenance::runs).read_all();
    const auto free = std::find(runs.begin(), runs.end(), "");
    return free == runs.end() ? static_cast<std::int64_t>(runs.size()) - 1 : free - runs.begin();
}

void upgrade_if_older(const std::filesystem::path& path, const Contents& contents, const std::string& provenance)
{
    std::int64_t version = 0;
    {
        const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
        const Contents held = read_contents(file);
        version = held.header.format_version;
        if (version == layout::format_version)
            return;
        require_same(path, held, stored_static_crc(file), contents);
    }
    const Upgrade upgrade = upgrade_shard_file(path, contents, provenance);
    log_info("{}: brought from format {} to {} with {} units; the old file is now {}", path.string(), version,
             layout::format_version, upgrade.kept, upgrade.old_file.string());
}

ResumePoint resume(const std::filesystem::path& path, const Contents& contents, const std::string& provenance)
{
    upgrade_if_older(path, contents, provenance);
    hdf5::File file = hdf5::File::open(path, hdf5::Access::write);
    ResumePoint point;
    {
        require_same(path, read_contents(file), stored_static_crc(file), contents);
        UnitStore store = UnitStore::open(file, contents);
        point = verified_states(contents, store);
        point.run_slot = free_run_slot(file);
    }
    file.close();
    return point;
}

}  // namespace

std::vector<std::vector<std::int64_t>> rows_by_id(const Contents& contents)
{
    std::vector<std::vector<std::int64_t>> groups;
    std::unordered_map<std::string_view, std::size_t> known;
    for (std::size_t row = 0; row < contents.units.size(); ++row) {
        const auto [place, is_new] = known.emplace(contents.units[row].id, groups.size());
        if (is_new)
            groups.emplace_back();
        groups[place->second].push_back(static_cast<std::int64_t>(row));
    }
    return groups;
}

namespace {

/// The plan that `run` keeps beside its shard files is this one: a file of that name is ours, whatever became of it.
bool belongs_to_plan(const std::filesystem::path& path, const Contents& contents)
{
    const std::filesystem::path kept = path.parent_path() / plan_file_name;
    return std::filesystem::exists(kept) && read_text_file(kept).find(contents.header.cut_sha256) != std::string::npos;
}

/// Nothing when not one unit id is where it should be; then an own file has been set aside and a fresh one is there.
std::optional<Salvage> salvage_or_nothing(const std::filesystem::path& path, const Contents& contents,
                                          const std::string& provenance, const std::string& problem)
{
    try {
        return salvage_shard_file(path, contents, provenance, problem);
    } catch (const InputError&) {
        if (!belongs_to_plan(path, contents))
            throw;
    }
    const std::filesystem::path aside = path.string() + ".damaged";
    std::filesystem::rename(path, aside);
    log_warning("{}: no unit can be found in it; it is now {}, and all its units are computed again", problem,
                aside.string());
    create(path, contents, provenance);
    return std::nullopt;
}

}  // namespace

ResumePoint create_or_resume(const std::filesystem::path& path, const Contents& contents, const std::string& provenance)
{
    remove_stale_temporaries(path);
    if (!std::filesystem::exists(path)) {
        create(path, contents, provenance);
        return nothing_done(contents);
    }
    try {
        return resume(path, contents, provenance);
    } catch (const InputError& error) {
        const auto salvaged = salvage_or_nothing(path, contents, provenance, error.what());
        if (!salvaged)
            return nothing_done(contents);
        const Salvage& salvage = *salvaged;
        log_warning("{}: {} of {} units were intact and are kept; the damaged file is now {}", error.what(),
                    salvage.kept, contents.units.size(), salvage.old_file.string());
        ResumePoint point = resume(path, contents, provenance);
        point.damaged = salvage.damaged;
        return point;
    }
}

}  // namespace specsweep::results
