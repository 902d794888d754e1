#pragma once

#include <memory>
#include <vector>

#include "mpi/communicator.hpp"
#include "run/schedule.hpp"
#include "spectrum/rank_group.hpp"
#include "sweep/plan.hpp"

namespace specsweep::run {

/// Ranks that compute the units of one grid shape together, and which.
struct Crew {
    std::unique_ptr<spectrum::RankGroup> group;
    std::vector<Task> tasks;  ///< of this group, longest first, the same on each of its ranks
};

/// The crews this rank belongs to, largest groups first; ranks that are left over have fewer. Communicators and grids
/// are made here, once, and released together when the crews are.
///
/// For each grid shape, ranks [0, g), [g, 2g), … are groups; group units go to them before anything runs, each to the
/// group that would end first. A group that is done dissolves by itself: its ranks go on to the next shape and then to
/// the units of single ranks; nobody waits for other groups. Collective.
/// @throws Error(wrong_ranks), on every rank, when a unit wants more ranks than there are.
std::vector<Crew> make_crews(const mpi::Communicator& world, const sweep::Plan& plan, const std::vector<Task>& tasks);

}  // namespace specsweep::run
