#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sweep/plan.hpp"

namespace specsweep::sweep {

/// What one rank needs of a plan to compute one shard: the tables, with the rows of `matrices` that belong to the
/// shard, and which rows of the whole plan they and their units are. For a plan of 10⁶ units in 10³ shards that is a
/// thousandth of the units. Rank 0 cuts it out of the plan's text; every rank reads it.
/// @throws UsageError naming `source`: not a plan, edited by hand (the cut hash covers every byte), no such shard.
std::string shard_plan_text(std::string_view plan_text, std::string_view source, std::int32_t shard);

/// The plan of that shard alone: sealed, with the hashes of the whole plan, and Plan::whole filled.
Plan plan_from_shard_text(std::string_view text);

}  // namespace specsweep::sweep
