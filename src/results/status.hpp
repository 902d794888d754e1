#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_forward.hpp"
#include "sweep/plan_outline.hpp"

namespace specsweep::results {

enum class ShardCondition {
    complete,    ///< nothing pending
    incomplete,  ///< readable, units pending
    absent,      ///< no file yet
    stale,       ///< belongs to another sweep or another cut than the plan
    damaged,     ///< is not what it should be
    unreadable,  ///< cannot be opened now: a run is just opening it, or no permission
};

std::string_view name(ShardCondition);

struct ShardStatus {
    std::filesystem::path file;
    std::int32_t shard = -1;  ///< −1: an aggregate, or not known
    ShardCondition condition = ShardCondition::absent;
    std::int64_t units = 0, done = 0, failed = 0, pending = 0;
    std::string sweep_sha256;
    std::string note;  ///< why it is stale, damaged or unreadable
};

struct Status {
    std::vector<ShardStatus> shards;
    std::int64_t planned = 0;  ///< units of the sweep; 0 when no file and no plan says so
    std::int64_t done = 0, failed = 0, pending = 0, stale = 0;  ///< rows; stale ones are in no other count
    std::map<std::string, std::int64_t> reasons;                ///< of failed units: code → count

    /// Planned units that stand in none of the files.
    std::int64_t missing() const { return std::max<std::int64_t>(0, planned - done - failed - pending); }
    bool complete() const { return pending == 0 && missing() == 0; }
};

/// By its signature, whatever its name.
bool is_hdf5(const std::filesystem::path&);

/// How far a sweep is. `what` is an aggregate (also one that is not there yet, only its shards), a shard file, a folder
/// (all its *.h5), or a plan, whose shard files are looked for in `shards` (default: shard_folder_of_plan). Reads
/// headers and states only; `verify` looks at the numbers.
/// @throws IoError: nothing there;  InputError, UsageError: neither a result file nor a plan
Status status(const std::filesystem::path& what, const std::optional<std::filesystem::path>& shards = std::nullopt);

/// The same for an outline, shard by shard in order. `shards` is the folder of the shard files.
Status status_of_outline(const sweep::PlanOutline&, const std::filesystem::path& shards);

/// Holds complete shard files against their CRCs, as `verify` does: one with a finding is damaged, and the units that
/// do not hold are pending. Reads all of them; for when an aggregate found less than the states of the shards promise.
void look_for_damage(Status&);

Json to_json(const Status&);
std::string to_text(const Status&);

}  // namespace specsweep::results
