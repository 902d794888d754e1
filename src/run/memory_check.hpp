#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "mpi/communicator.hpp"
#include "run/schedule.hpp"
#include "sweep/plan.hpp"

namespace specsweep::run {

/// What the ranks of a node will hold together at most: a rank's memory is that of its largest unit, and the largest
/// units go to different ranks first, so the sum of the `ranks` largest.
std::int64_t node_need(std::vector<std::int64_t> unit_bytes, int ranks);

/// The least of what is known: MemAvailable and cgroup (base/memory.hpp), and what the batch system gave this node
/// (SLURM_MEM_PER_NODE, SLURM_MEM_PER_CPU × SLURM_CPUS_ON_NODE, in MB). 0: nothing is known.
std::int64_t node_budget();

/// Refuses to start what would not fit. Collective. @param node ranks that share memory. @param tasks of this node.
/// @throws UsageError on every rank of `world`, saying what is needed, what is there, and what would fit.
void check_memory(const mpi::Communicator& world, const mpi::Communicator& node, const sweep::Plan& plan,
                  std::span<const Task> tasks);

}  // namespace specsweep::run
