#include <algorithm>

#include "base/format.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "results/status.hpp"

namespace specsweep::results {

namespace {

/// Shards that need no word of their own are only counted beyond this many.
constexpr std::size_t most_lines = 40;

bool is_quiet(const ShardStatus& shard)
{
    return shard.condition == ShardCondition::complete && shard.failed == 0;
}

std::string line(const ShardStatus& shard)
{
    return fmt::format("  {:<28} {:<10} {:>9} done {:>7} failed {:>9} pending{}\n", shard.file.filename().string(),
                       name(shard.condition), format_count(shard.done), format_count(shard.failed),
                       format_count(shard.pending), shard.note.empty() ? "" : "  " + shard.note);
}

}  // namespace

std::string_view name(ShardCondition condition)
{
    switch (condition) {
        case ShardCondition::complete:
            return "complete";
        case ShardCondition::incomplete:
            return "incomplete";
        case ShardCondition::absent:
            return "absent";
        case ShardCondition::stale:
            return "stale";
        case ShardCondition::damaged:
            return "damaged";
        case ShardCondition::unreadable:
            return "unreadable";
    }
    return "";
}

Json to_json(const Status& status)
{
    Json shards = Json::array();
    for (const ShardStatus& shard : status.shards)
        shards.push_back({{"file", shard.file.string()},
                          {"shard", shard.shard},
                          {"condition", name(shard.condition)},
                          {"units", shard.units},
                          {"done", shard.done},
                          {"failed", shard.failed},
                          {"pending", shard.pending},
                          {"sweep_sha256", shard.sweep_sha256},
                          {"note", shard.note}});
    return {{"shards", shards},
            {"planned", status.planned},
            {"done", status.done},
            {"failed", status.failed},
            {"pending", status.pending},
            {"stale", status.stale},
            {"missing", status.missing()},
            {"reasons", status.reasons}};
}

std::string to_text(const Status& status)
{
    std::string text;
    const bool all = status.shards.size() <= most_lines;
    std::size_t quiet = 0;
    for (const ShardStatus& shard : status.shards) {
        if (!all && is_quiet(shard))
            ++quiet;
        else
            text += line(shard);
    }
    if (quiet > 0)
        text += fmt::format("  and {}\n", counted(static_cast<std::int64_t>(quiet), "complete shard"));
    text += fmt::format("{} of {} done, {} failed, {} pending", format_count(status.done),
                        counted(status.planned, "unit"), format_count(status.failed), format_count(status.pending));
    if (status.missing() > 0)
        text += fmt::format(", {} in no file", format_count(status.missing()));
    if (status.stale > 0)
        text += fmt::format(", {} stale", format_count(status.stale));
    text += '\n';
    if (std::ranges::all_of(status.shards,
                            [](const ShardStatus& s) { return s.condition == ShardCondition::absent; }) &&
        !status.shards.empty())
        text += fmt::format("  no shard file in {}; elsewhere: give the result file or its folder\n",
                            status.shards.front().file.parent_path().string());
    for (const auto& [reason, count] : status.reasons)
        text += fmt::format("  failed: {} × {}\n", format_count(count), reason);
    return text;
}

}  // namespace specsweep::results
