#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json_forward.hpp"

namespace specsweep::results {

enum class ShardCondition {
    complete,    ///< nothing pending
    incomplete,  ///< readable, units pending
    absent,      ///< no file yet
    stale,       ///< belongs to another sweep or another cut than the plan
    damaged,     ///< cannot be read
};

struct ShardStatus {
    std::filesystem::path file;
    std::int32_t shard = -1;  ///< −1: an aggregate, or not known
    ShardCondition condition = ShardCondition::absent;
    std::int64_t units = 0, done = 0, failed = 0, pending = 0;
    std::string sweep_sha256;
    std::string note;  ///< why it is stale or damaged
};

struct Status {
    std::vector<ShardStatus> shards;
    std::int64_t planned = 0;  ///< units of the sweep; 0 when no file and no plan says so
    std::int64_t done = 0, failed = 0, pending = 0, stale = 0;  ///< rows; stale ones are in no other count
    std::map<std::string, std::int64_t> reasons;                ///< of failed units: code → count
};

/// How far a sweep is. FILE is an aggregate or one shard file, or a plan, whose shard files are looked for in `shards`
/// (default: the folder `PLAN.shards` beside the plan, without .plan/.json); a folder's *.h5 are all counted. CRCs are
/// not verified (`verify` does).
/// @throws IoError: nothing there;  InputError: neither a result file nor a plan
Status status(const std::filesystem::path& what, const std::optional<std::filesystem::path>& shards = std::nullopt);

Json to_json(const Status&);
std::string to_text(const Status&);

}  // namespace specsweep::results
