#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "slurm/profile.hpp"
#include "slurm/sweep_folder.hpp"

namespace specsweep::slurm {

/// What every generation of a submitted sweep has in common; sweep.json.
struct SweepSettings {
    std::string name;  ///< of the sweep
    std::filesystem::path plan;
    std::string cut_sha256;
    std::filesystem::path result;              ///< the aggregate; shard files lie in RESULT.shards/
    std::filesystem::path program;             ///< specsweep, as it is called on the nodes
    std::vector<std::filesystem::path> reuse;  ///< results of earlier plans
    Profile profile;
};

std::string settings_text(const SweepSettings&);

/// @throws IoError, InputError: DIR was not made by `slurm render`.
SweepSettings read_settings(const SweepFolder&);

}  // namespace specsweep::slurm
