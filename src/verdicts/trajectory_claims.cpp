#include <array>
#include <cmath>

#include "verdicts/claim_lists.hpp"

namespace specsweep::verdicts {

namespace {

using Result = std::optional<Finding>;

/// The source records the stable rank at steps 0, 10, 50, 100: its "early" ends at the last of them.
constexpr std::int64_t last_early_step = 100;

/// One matrix under one quantizer over the saved steps of its training.
struct Trajectory {
    std::optional<UnitFacts> start;  ///< step 0
    std::optional<UnitFacts> early;  ///< the last step in 1 … 100
    std::optional<UnitFacts> end;    ///< the last step, where it is later than that
};

/// @return nothing unless `unit` is of the last step: a trajectory is judged once
std::optional<Trajectory> trajectory_of(const UnitFacts& unit, const FactReader& facts)
{
    const auto rows = facts.trajectory(unit);
    if (rows.size() < 2)
        return std::nullopt;
    Trajectory found;
    if (rows.begin()->first == 0)
        found.start = facts.read(rows.begin()->second);
    for (auto row = rows.rbegin(); row != rows.rend() && !found.early; ++row)
        if (row->first > 0 && row->first <= last_early_step)
            found.early = facts.read(row->second);
    if (unit.checkpoint->step > last_early_step)
        found.end = unit;
    return found;
}

/// σ₁ carries the bound of Sr = ‖W‖_F²/σ₁².
double stable_rank_error(const UnitFacts& unit)
{
    return 2 * number(unit.after.stable_rank) * number(unit.after.sigma_max_error) / number(unit.after.sigma_max);
}

/// later > earlier, where the bounds can tell.
Finding rises(const UnitFacts& later, const UnitFacts& earlier, std::string_view note)
{
    const double left = number(later.after.stable_rank);
    const double right = number(earlier.after.stable_rank);
    if (std::abs(left - right) <= stable_rank_error(later) + stable_rank_error(earlier))
        return not_testable("the change is smaller than the error bounds");
    return exceeds(left, right, note);
}

Result rises_early(const UnitFacts& unit, const FactReader& facts)
{
    const auto found = trajectory_of(unit, facts);
    if (!found)
        return std::nullopt;
    if (!found->start || !found->early)
        return not_testable("the trajectory has no done step 0, or none in 1 to 100");
    return rises(*found->early, *found->start,
                 "left: at the last saved step up to 100, right: at step 0, both quantized; the source trains with "
                 "W4A4G4, and a result file does not know how its steps were trained");
}

Result falls_late(const UnitFacts& unit, const FactReader& facts)
{
    const auto found = trajectory_of(unit, facts);
    if (!found)
        return std::nullopt;
    if (!found->early || !found->end)
        return not_testable("the trajectory has no done step in 1 to 100, or none after 100");
    return rises(*found->early, *found->end,
                 "left: at the last saved step up to 100, right: at the last one, both quantized; the source trains "
                 "with W4A4G4, and a result file does not know how its steps were trained");
}

/// Half of what quantization does to the trained matrix it does at step 100 already.
Result flattens_early(const UnitFacts& unit, const FactReader& facts)
{
    const auto found = trajectory_of(unit, facts);
    if (!found)
        return std::nullopt;
    if (!found->early || !found->end)
        return not_testable("the trajectory has no done step in 1 to 100, or none after 100");
    const double at_end = number(found->end->pair.stable_rank_ratio) - 1;
    if (!(at_end > 0))
        return not_testable("quantization does not flatten the last step: nothing that could have come early");
    return exceeds(number(found->early->pair.stable_rank_ratio) - 1, at_end / 2,
                   "left: Sr(W̃)/Sr(W) − 1 at the last saved step up to 100, right: half of it at the last step");
}

constexpr std::array trajectory_list{
    Claim{"flattening-early", "what quantization does to the stable rank is there by half within 100 steps",
          "arXiv 2602.00969, key results (flattening occurs early in training)", false, Subject::quantized,
          flattens_early},
    Claim{"stable-rank-rises-early", "the stable rank rises in the first 100 steps of training",
          "arXiv 2602.00969, experiment 3", false, Subject::quantized, rises_early},
    Claim{"stable-rank-falls-late", "and falls in later stages", "arXiv 2602.00969, experiment 3", false,
          Subject::quantized, falls_late},
};

}  // namespace

std::span<const Claim> trajectory_claims()
{
    return trajectory_list;
}

}  // namespace specsweep::verdicts
