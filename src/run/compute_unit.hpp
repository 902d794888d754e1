#pragma once

#include "measure/measure_unit.hpp"
#include "results/unit_result.hpp"
#include "spectrum/rank_group.hpp"
#include "sweep/plan.hpp"

namespace specsweep::run {

/// Computes one unit of the plan on this rank. What is wrong with that unit alone becomes its result (state failed,
/// with the reason, logged once); every other error is thrown. Not collective.
results::UnitResult compute_unit(const sweep::Plan& plan, std::int64_t unit_row, measure::UnitMeter& meter);

/// The same by all ranks of a group; every error of any rank becomes the unit's. @returns the result on rank 0 of the
/// group, nothing of use elsewhere. Collective over the group.
results::UnitResult compute_group_unit(const sweep::Plan& plan, std::int64_t unit_row, measure::UnitMeter& meter,
                                       const spectrum::RankGroup& group);

}  // namespace specsweep::run
