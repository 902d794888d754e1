#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace specsweep::run {

/// A unit to compute and its predicted seconds on one rank.
struct Task {
    std::int64_t unit_row;
    double seconds;
    int ranks = 1;  ///< that work on it together; seconds are then rank-seconds
};

/// Longest processing time first: descending cost, equal costs in the order of the plan (units of one matrix stay
/// neighbours and share its pages and statistics).
std::vector<Task> longest_first(std::vector<Task> tasks);

/// Splits tasks over nodes before anything runs: each in turn goes to the node that would finish it first, nodes being
/// as fast as they have ranks. Inside a node ranks pull from a queue (mpi::WorkQueue), so that a wrong prediction costs
/// little there; between nodes the makespan is at most (4/3 − 1/3p) of the best (Graham 1969, related machines: 2).
/// @param ranks_of_node number of ranks of each node, > 0.  @returns per node its tasks, longest first.
std::vector<std::vector<Task>> split_over_nodes(const std::vector<Task>& longest_first_tasks,
                                                std::span<const int> ranks_of_node);

}  // namespace specsweep::run
