#pragma once

#include <cstdint>
#include <filesystem>

#include "mpi/communicator.hpp"
#include "sweep/plan.hpp"

namespace specsweep::run {

/// Copies the files that a shard's matrices lie in to node-local `folder`, once a node, and returns the plan as it
/// reads from there. A copy that is there with the right size is used; where a copy fails (no space) the original is
/// read, with a warning. What is read is verified against its content digest as always. Collective.
sweep::Plan stage_shard(const mpi::Communicator& world, const sweep::Plan&, std::int32_t shard,
                        const std::filesystem::path& folder);

}  // namespace specsweep::run
