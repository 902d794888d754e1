#pragma once

#include <optional>
#include <string>
#include <vector>

#include "slurm/array_job.hpp"
#include "slurm/job_script.hpp"
#include "slurm/sweep_folder.hpp"
#include "slurm/sweep_settings.hpp"

namespace specsweep::slurm {

/// Arrays that are submitted together, with the job that aggregates after them.
struct Generation {
    struct Array {
        ArrayJob job;
        JobScript script;
    };
    int number = 0;
    std::vector<Array> arrays;
    std::optional<JobScript> aggregate;

    std::int64_t tasks() const;
    std::int64_t shards() const;
};

/// Pure: scripts as text, nothing is written.
Generation render_generation(const SweepSettings&, const SweepFolder&, int number, const std::vector<ShardNeed>&,
                             const ArrayLimits&);

/// Writes scripts, arrays.json and the folders that Slurm does not make. The same generation gives the same bytes.
/// @throws IoError
void write_generation(const SweepFolder&, const Generation&);

/// From arrays.json and the scripts as they lie there now. @throws InputError, IoError
Generation read_generation(const SweepFolder&, int number);

}  // namespace specsweep::slurm
