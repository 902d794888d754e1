#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "mpi/communicator.hpp"
#include "results/shard_file.hpp"
#include "sweep/plan.hpp"

namespace specsweep::run {

/// Takes finished units of earlier sweeps into a shard: equal id (which covers content, quantizer, tolerance, seed and
/// numerics version), equal solver, intact CRC; failed ones are not taken. `sources` are result files or folders of
/// them. Rank 0 reads and writes. Collective.
/// @returns canonical rows of the plan that need no computing any more, ascending; the same on every rank.
/// @throws what ResultFile throws, on every rank.
std::vector<std::int64_t> take_over(const mpi::Communicator& world, const sweep::Plan&, results::ShardFile&,
                                    std::span<const std::filesystem::path> sources);

}  // namespace specsweep::run
