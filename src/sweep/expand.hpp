#pragma once

#include <cstdint>

#include "sweep/make_plan.hpp"

namespace specsweep::sweep {

/// More points than this are refused before any is made.
inline constexpr std::int64_t most_points = 10'000'000;

/// Second half of make_plan(): every selected matrix gets its reference unit and the points of the axes, in the fixed
/// order product → zip → exclude → include → derive → deduplicate; then solvers and costs. Pure: reads no file.
/// @param plan as survey() made it.  @throws UsageError: too many points, an impossible quantizer that no rule takes
/// out,
///        a derived parameter that is no number or text, a matrix that does not fit.
void expand(Plan& plan, const Manifest&, const PlanOptions&);

}  // namespace specsweep::sweep
