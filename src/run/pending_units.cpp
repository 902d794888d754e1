#include "run/pending_units.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/stopwatch.hpp"
#include "cost/cost_model.hpp"

namespace specsweep::run {
namespace {

const sweep::PlanMatrix& matrix_of(const sweep::Plan& plan, const Task& task)
{
    const sweep::PlanUnit& unit = plan.units[static_cast<std::size_t>(task.unit_row)];
    return plan.matrices[static_cast<std::size_t>(unit.matrix)];
}

}  // namespace

bool PendingUnits::has_room_for(const Task& task) const
{
    const sweep::PlanMatrix& next = matrix_of(plan_, task);
    const checkpoint::Slice& slice = next.matrix.slice;
    return units_.empty() || (std::ssize(units_) < cost::most_pending_units(next.solver) &&
                              bytes_ + cost::predicted_bytes(slice.rows, slice.cols, next.solver) <=
                                  std::max(planned_bytes_, next.predicted_bytes));
}

void PendingUnits::begin(const Task& task)
{
    const Stopwatch watch;
    const sweep::PlanMatrix& matrix = matrix_of(plan_, task);
    units_.push_back(std::make_unique<GroupUnit>(plan_, task.unit_row, meter_, group_));
    tasks_.push_back(task);
    bytes_ += cost::pending_bytes(matrix.matrix.slice.rows, matrix.matrix.slice.cols);
    planned_bytes_ = std::max(planned_bytes_, matrix.predicted_bytes);
    seconds_.push_back(watch.seconds());
}

double PendingUnits::seconds_left(double pace) const
{
    double sum = 0;
    for (std::size_t i = 0; i < tasks_.size(); ++i)
        sum += std::max(0.0, tasks_[i].seconds / tasks_[i].ranks * pace - seconds_[i]);
    return sum;
}

void PendingUnits::complete(const Finished& finished, const std::function<bool()>& go_on)
{
    const Stopwatch values;
    GroupUnit::find_values(units_);
    const double share = values.seconds() / static_cast<double>(std::max<std::size_t>(1, units_.size()));
    std::vector<std::size_t> undecided;
    for (std::size_t i = 0; i < units_.size(); ++i) {
        const Stopwatch watch;
        std::optional<results::UnitResult> result = units_[i]->finish();
        seconds_[i] += share + watch.seconds();
        if (result)
            finished(tasks_[i], *std::move(result), seconds_[i]);
        else
            undecided.push_back(i);
    }
    for (const std::size_t i : undecided) {
        if (!go_on())
            break;
        const Stopwatch watch;
        results::UnitResult result = units_[i]->finish_accurately();
        finished(tasks_[i], std::move(result), seconds_[i] + watch.seconds());
    }
    units_.clear();
    tasks_.clear();
    seconds_.clear();
    bytes_ = planned_bytes_ = 0;
}

}  // namespace specsweep::run
