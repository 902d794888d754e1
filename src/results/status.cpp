#include "results/status.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/format.hpp"
#include "base/text.hpp"
#include "hdf5/column.hpp"
#include "hdf5/text_column.hpp"
#include "results/contents_io.hpp"
#include "results/file_names.hpp"
#include "results/layout.hpp"
#include "results/source_files.hpp"
#include "results/unit_store.hpp"
#include "results/verify.hpp"
#include "sweep/plan_outline.hpp"

namespace specsweep::results {

/// The signature stands at the beginning, or behind a user block (the seal) of 512 bytes times a power of two.
bool is_hdf5(const std::filesystem::path& path)
{
    constexpr std::array<char, 8> signature{'\x89', 'H', 'D', 'F', '\r', '\n', '\x1a', '\n'};
    const FileDescriptor file(path);
    std::array<char, 8> found{};
    for (std::int64_t at = 0; at + std::ssize(found) <= file.size(); at = at == 0 ? 512 : 2 * at) {
        file.read(std::as_writable_bytes(std::span(found)), at);
        if (found == signature)
            return true;
    }
    return false;
}

namespace {

/// "unit:nonfinite[3,17]=nan" → "unit:nonfinite": what failed units have in common.
std::string code_of(const std::string& reason)
{
    return reason.substr(0, reason.find_first_of("[=; ("));
}

void count_states(const hdf5::File& file, ShardStatus& shard, std::map<std::string, std::int64_t>& reasons)
{
    const std::vector<std::uint8_t> states = hdf5::Column<std::uint8_t>::open(file, layout::units::state).read_all();
    shard.units = static_cast<std::int64_t>(states.size());
    shard.done = std::count(states.begin(), states.end(), 1);
    shard.failed = std::count(states.begin(), states.end(), 2);
    shard.pending = shard.units - shard.done - shard.failed;
    shard.condition = shard.pending == 0 ? ShardCondition::complete : ShardCondition::incomplete;
    if (shard.failed == 0)
        return;
    const auto column = hdf5::TextColumn::open(file, layout::units::reason);
    for (std::size_t row = 0; row < states.size(); ++row)
        if (states[row] == 2)
            ++reasons[code_of(column.read(static_cast<std::int64_t>(row)))];
}

/// A file by itself. Only its header and states are read. @return its header, if it has one
std::optional<Header> look_at(const std::filesystem::path& path, ShardStatus& shard,
                              std::map<std::string, std::int64_t>& reasons)
{
    shard.file = path;
    try {
        const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
        const Header header = read_header(file);
        shard.sweep_sha256 = header.sweep_sha256;
        shard.shard = static_cast<std::int32_t>(header.shard);
        if (header.kind == FileKind::provenance)
            throw InputError(fmt::format("{} holds no units", path.string()), "it is the provenance of an aggregate");
        count_states(file, shard, reasons);
        return header;
    } catch (const InputError& error) {
        shard.condition = ShardCondition::damaged;
        shard.note = error.what();
        return std::nullopt;
    } catch (const IoError& error) {
        shard.condition = ShardCondition::unreadable;
        shard.note = error.what();
        return std::nullopt;
    }
}

void add_up(Status& status)
{
    for (const ShardStatus& shard : status.shards) {
        if (shard.condition == ShardCondition::stale) {
            status.stale += shard.units;
            continue;
        }
        status.done += shard.done;
        status.failed += shard.failed;
        status.pending += shard.pending;
    }
}

/// Without a plan the first file says which sweep is meant; files of others are stale.
Status status_of_files(const std::vector<std::filesystem::path>& files)
{
    Status status;
    std::string sweep;
    for (const std::filesystem::path& path : files) {
        ShardStatus shard;
        std::map<std::string, std::int64_t> reasons;
        const std::optional<Header> header = look_at(path, shard, reasons);
        if (header && sweep.empty()) {
            sweep = header->sweep_sha256;
            status.planned = header->planned_units;
        }
        if (header && header->sweep_sha256 != sweep) {
            shard.condition = ShardCondition::stale;
            shard.note = fmt::format("belongs to sweep {} ({})", header->sweep_sha256, header->name);
        } else {
            for (const auto& [reason, count] : reasons)
                status.reasons[reason] += count;
        }
        status.shards.push_back(std::move(shard));
    }
    add_up(status);
    if (status.shards.size() == 1 && status.shards.front().shard >= 0)
        status.planned = status.shards.front().units;  // asked about one shard, not about the sweep
    return status;
}

/// @throws InputError: it says nothing of units, and "0 of 0 done" would be no answer
void refuse_provenance(const std::filesystem::path& path)
{
    try {
        if (read_header(hdf5::File::open(path, hdf5::Access::read)).kind != FileKind::provenance)
            return;
    } catch (const Error&) {  // status_of_files() says what is wrong with it
        return;
    }
    throw InputError(fmt::format("{} holds no units", path.string()), "it is the provenance of an aggregate",
                     "give the file without .provenance");
}

std::string why_stale(const Header& header, const sweep::PlanOutline& plan, std::int32_t shard)
{
    if (header.sweep_sha256 != plan.sweep_sha256)
        return fmt::format("belongs to sweep {} ({})", header.sweep_sha256, header.name);
    if (header.shard != shard || header.shard_count != std::ssize(plan.shards))
        return fmt::format("is shard {} of {} of another cut", header.shard, header.shard_count);
    return {};
}

}  // namespace

Status status_of_outline(const sweep::PlanOutline& plan, const std::filesystem::path& folder)
{
    Status status;
    status.planned = plan.units;
    for (std::int32_t i = 0; i < std::ssize(plan.shards); ++i) {
        const std::filesystem::path path = shard_path(folder, i);
        const std::int64_t units = plan.shards[static_cast<std::size_t>(i)].units;
        ShardStatus shard;
        std::map<std::string, std::int64_t> reasons;
        std::error_code error;
        if (std::filesystem::exists(path, error)) {
            const std::optional<Header> header = look_at(path, shard, reasons);
            if (header)
                shard.note = why_stale(*header, plan, i);
            if (header && !shard.note.empty())
                shard.condition = ShardCondition::stale;
        }
        shard.file = path;
        shard.shard = i;
        if (shard.condition == ShardCondition::stale)
            status.pending += units;
        if (shard.condition == ShardCondition::absent || shard.condition == ShardCondition::damaged ||
            shard.condition == ShardCondition::unreadable)
            shard.units = shard.pending = units;
        if (shard.condition != ShardCondition::stale)
            for (const auto& [reason, count] : reasons)
                status.reasons[reason] += count;
        status.shards.push_back(std::move(shard));
    }
    add_up(status);
    return status;
}

Status status(const std::filesystem::path& what, const std::optional<std::filesystem::path>& shards)
{
    std::error_code error;
    // A run makes the aggregate last: until then its name stands for the shards.
    if (!std::filesystem::exists(what, error) && std::filesystem::exists(kept_plan(what), error))
        return status(kept_plan(what), shard_folder_of_aggregate(what));
    const std::array sources{what};
    const std::vector<std::filesystem::path> files = result_files(sources);
    if (std::filesystem::is_directory(what, error)) {
        if (files.empty())
            throw InputError(fmt::format("{} holds no result file", what.string()), "there is no *.h5 in it");
        return status_of_files(files);
    }
    if (is_hdf5(what) || what.extension() == ".h5") {
        refuse_provenance(what);
        return status_of_files(files);
    }
    const std::string text = read_text_file(what);
    if (!trim(text).starts_with('{'))
        throw UsageError(fmt::format("{} is neither a result file nor a plan", what.string()), {},
                         "give a result file, a folder of them, or what `plan -o` wrote");
    const sweep::PlanOutline plan = sweep::outline_from_text(text, what.string());
    return status_of_outline(plan, shards.value_or(shard_folder_of_plan(what, plan.name)));
}

void look_for_damage(Status& status)
{
    for (ShardStatus& shard : status.shards) {
        if (shard.condition != ShardCondition::complete)
            continue;
        const Verification found = verify(shard.file);
        if (found.findings.empty())
            continue;
        std::set<std::int64_t> rows;
        for (const Finding& finding : found.findings)
            rows.insert(finding.row);
        const std::int64_t lost = rows.contains(-1) ? shard.done : std::min(std::ssize(rows), shard.done);
        shard.condition = ShardCondition::damaged;
        shard.note = found.findings.front().description;
        shard.done -= lost;
        shard.pending += lost;
        status.done -= lost;
        status.pending += lost;
    }
}

}  // namespace specsweep::results
