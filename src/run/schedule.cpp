#include "run/schedule.hpp"

#include <algorithm>

namespace specsweep::run {

std::vector<Task> longest_first(std::vector<Task> tasks)
{
    std::sort(tasks.begin(), tasks.end(), [](const Task& a, const Task& b) {
        return a.seconds != b.seconds ? a.seconds > b.seconds : a.unit_row < b.unit_row;
    });
    return tasks;
}

std::vector<std::vector<Task>> split_over_nodes(const std::vector<Task>& longest_first_tasks,
                                                std::span<const int> ranks_of_node)
{
    std::vector<std::vector<Task>> nodes(ranks_of_node.size());
    std::vector<double> load(ranks_of_node.size(), 0.0);
    for (const Task& task : longest_first_tasks) {
        std::size_t best = 0;
        double earliest = 0;
        for (std::size_t node = 0; node < nodes.size(); ++node) {
            const double end = (load[node] + task.seconds) / ranks_of_node[node];
            if (node == 0 || end < earliest) {
                best = node;
                earliest = end;
            }
        }
        nodes[best].push_back(task);
        load[best] += task.seconds;
    }
    return nodes;
}

}  // namespace specsweep::run
