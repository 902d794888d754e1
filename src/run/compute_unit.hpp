#pragma once

#include "measure/measure_unit.hpp"
#include "results/unit_result.hpp"
#include "sweep/plan.hpp"

namespace specsweep::run {

/// Computes one unit of the plan on this rank. What is wrong with that unit alone becomes its result (state failed,
/// with the reason, logged once); every other error is thrown. Not collective.
results::UnitResult compute_unit(const sweep::Plan& plan, std::int64_t unit_row, measure::UnitMeter& meter);

}  // namespace specsweep::run
