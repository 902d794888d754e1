#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "cost/machine.hpp"
#include "sweep/manifest.hpp"
#include "sweep/plan.hpp"

namespace specsweep::sweep {

/// What a plan depends on besides its manifest. Of these only memory_per_rank and method can change an identity (by
/// the solver).
struct PlanOptions {
    std::int64_t memory_per_rank = std::int64_t{4}
                                   << 30;  ///< the same default everywhere, so that solvers are chosen alike
    std::vector<std::filesystem::path> architecture_files;  ///< --architecture, later ones win
    std::optional<std::filesystem::path>
        digest_cache;  ///< see default_digest_cache(); nothing: digests are always computed
    cost::MachineConstants machine = cost::shipped_constants();
    std::int64_t ranks_per_shard = 1;  ///< for `shards: {minutes: …}`
    std::string method;                ///< --method: for every matrix that one rank can hold; empty: chosen
};

/// Opens every checkpoint, selects matrices, takes content digests (reads every selected tensor once), expands the
/// axes, chooses solvers and cuts into shards. Not collective; the result depends on nothing but manifest, files and
/// options.
/// @throws UsageError: nothing selected, too many points, a matrix that does not fit into the memory of a rank;
///         InputError and IoError of the checkpoints.
Plan make_plan(const Manifest&, const PlanOptions& = {});

/// The same plan in other shards. By `count`: that many; by `minutes`: as many as last about that long on
/// `ranks_per_shard` ranks, every shard of one resource class. All units of a matrix, and matrices of equal content,
/// stay together.
void cut(Plan&, const ShardRequest&, std::int64_t ranks_per_shard = 1);

}  // namespace specsweep::sweep
