#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "measure/measure_unit.hpp"
#include "results/unit_result.hpp"
#include "spectrum/rank_group.hpp"
#include "sweep/plan.hpp"

namespace specsweep::run {

/// Computes one unit of the plan on this rank. What is wrong with that unit alone becomes its result (state failed,
/// with the reason, logged once); every other error is thrown. Not collective.
results::UnitResult compute_unit(const sweep::Plan& plan, std::int64_t unit_row, measure::UnitMeter& meter);

/// The same by all ranks of a group, in steps (measure::BegunUnit); every error of any rank becomes the unit's. Results
/// are on rank 0 of the group, nothing of use elsewhere. Collective over the group.
class GroupUnit {
public:
    /// Begins it. The arguments must outlive this.
    GroupUnit(const sweep::Plan& plan, std::int64_t unit_row, measure::UnitMeter& meter,
              const spectrum::RankGroup& group);

    /// The values of all, of one group, at once.
    static void find_values(std::span<const std::unique_ptr<GroupUnit>> units);

    /// After find_values(), once. @returns nothing, on any rank, where the tolerance asks for the accurate path.
    std::optional<results::UnitResult> finish();

    /// That one, after finish().
    results::UnitResult finish_accurately();

private:
    results::UnitResult agreed(results::UnitResult result) const;
    void attempt(const std::function<void()>& work);

    const sweep::Plan& plan_;
    const sweep::PlanUnit& unit_;
    measure::UnitMeter& meter_;
    const spectrum::RankGroup& group_;
    std::optional<measure::BegunUnit> begun_;  ///< unless it failed
    std::string reason_, text_;                ///< why, on the rank that knows
};

}  // namespace specsweep::run
