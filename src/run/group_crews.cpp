#include "run/group_crews.hpp"

#include <map>

#include "base/error.hpp"
#include "base/format.hpp"
#include "cost/group_solver.hpp"

namespace specsweep::run {
namespace {

/// More ranks first; (ranks, grid rows).
using Shape = std::pair<int, int>;
using TasksByShape = std::map<Shape, std::vector<Task>, std::greater<>>;

TasksByShape by_shape(const sweep::Plan& plan, const std::vector<Task>& tasks)
{
    TasksByShape result;
    for (const Task& task : tasks)
        if (const auto solver = cost::parse_group_solver(plan.units[static_cast<std::size_t>(task.unit_row)].solver))
            result[{solver->ranks(), solver->grid_rows}].push_back(task);
    return result;
}

}  // namespace

std::vector<Crew> make_crews(const mpi::Communicator& world, const sweep::Plan& plan, const std::vector<Task>& tasks)
{
    const TasksByShape shapes = by_shape(plan, tasks);
    if (!shapes.empty() && shapes.begin()->first.first > world.size())
        throw Error(
            ExitCode::wrong_ranks, fmt::format("this run has {} ranks, too few for its largest matrices", world.size()),
            fmt::format("the plan gives them to groups of {}", shapes.begin()->first.first),
            fmt::format("start at least {} ranks, or plan with more --memory-per-rank", shapes.begin()->first.first));
    std::vector<Crew> crews;
    for (const auto& [shape, shape_tasks] : shapes) {
        const auto& [ranks, grid_rows] = shape;
        const int groups = world.size() / ranks;
        const int mine = world.rank() / ranks;
        auto comm = world.split_some(mine < groups ? std::optional(mine) : std::nullopt, 0);
        if (!comm)
            continue;
        const std::vector<int> one_each(static_cast<std::size_t>(groups), 1);
        crews.push_back(
            {std::make_unique<spectrum::RankGroup>(std::move(*comm), linalg::GridShape{grid_rows, ranks / grid_rows}),
             split_over_nodes(longest_first(shape_tasks), one_each)[static_cast<std::size_t>(mine)]});
    }
    return crews;
}

}  // namespace specsweep::run
