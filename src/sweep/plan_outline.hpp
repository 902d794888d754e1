#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sweep/plan.hpp"

namespace specsweep::sweep {

/// One shard as a batch system sees it.
struct ShardOutline {
    std::int64_t units = 0;            ///< rows, those that share another's numbers included
    std::int64_t memory_per_rank = 0;  ///< resource class of its largest matrix
    std::int32_t ranks = 1;            ///< at least: its largest group
    double seconds = 0;                ///< predicted, in rank-seconds; equal content counted once
    double longest_unit_seconds = 0;   ///< of the clock
};

/// What submitting and watching need of a plan: no unit is made, so it is quick for 10⁶ of them.
struct PlanOutline {
    std::string name, sweep_sha256, cut_sha256;
    std::int64_t units = 0;
    std::vector<ShardOutline> shards;
};

/// Checks the plan's cut hash, which covers every byte of its meaning, but not that units follow from the tables:
/// plan_from_text() does.
/// @throws UsageError naming `source`: not a plan, a newer version, edited by hand.
PlanOutline outline_from_text(std::string_view text, std::string_view source);

PlanOutline outline_of(const Plan&);

}  // namespace specsweep::sweep
