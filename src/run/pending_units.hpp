#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "measure/measure_unit.hpp"
#include "results/unit_result.hpp"
#include "run/compute_unit.hpp"
#include "run/schedule.hpp"
#include "spectrum/rank_group.hpp"
#include "sweep/plan.hpp"

namespace specsweep::run {

/// Units that a group has begun, to have their values found at once: the band of each on one rank, where one rank would
/// work and the others wait if a unit were ended before the next is begun.
///
/// A group of g has up to cost::most_pending_units() of them, as many as the bytes that the plan gives a rank for the
/// largest leave room for (cost::predicted_bytes_together; few, in plans of versions that counted none). A kill costs
/// them all. Their results do not depend on how many there are. All but has_room_for() and seconds_left() is collective
/// over the group.
class PendingUnits {
public:
    PendingUnits(const sweep::Plan& plan, const spectrum::RankGroup& group, measure::UnitMeter& meter)
        : plan_(plan), group_(group), meter_(meter)
    {
    }

    bool has_room_for(const Task& task) const;
    void begin(const Task& task);
    /// What the plan predicts for them, times `pace`, beyond what they took so far.
    double seconds_left(double pace) const;

    /// `result` as of GroupUnit, `seconds` on this rank.
    using Finished = std::function<void(const Task& task, results::UnitResult result, double seconds)>;

    /// Ends them in the order in which they were begun, then those that need the accurate path, which takes longer than
    /// all before: each only if `go_on`, asked on every rank and the same on all, or it stays undone.
    void complete(const Finished& finished, const std::function<bool()>& go_on);

private:
    const sweep::Plan& plan_;
    const spectrum::RankGroup& group_;
    measure::UnitMeter& meter_;
    std::vector<Task> tasks_;
    std::vector<double> seconds_;
    std::vector<std::unique_ptr<GroupUnit>> units_;
    std::int64_t bytes_ = 0;          ///< with which they wait on each rank
    std::int64_t planned_bytes_ = 0;  ///< the most that the plan gives a rank for one of them
};

}  // namespace specsweep::run
