#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "slurm/profile.hpp"
#include "sweep/plan_outline.hpp"

namespace specsweep::slurm {

/// What one shard asks for.
struct ShardNeed {
    std::int32_t shard = 0;
    std::int64_t memory_per_rank = 0;  ///< bytes, predicted
    std::int32_t ranks = 1;            ///< at least: a unit that no single rank can hold
    double seconds = 0;                ///< predicted, in rank-seconds
    double longest_unit_seconds = 0;   ///< of the clock
    double time_factor = 1;            ///< raised after a time-out
};

/// Every shard of a plan.
std::vector<ShardNeed> needs_of(const sweep::PlanOutline&);

/// What the cluster allows.
struct ArrayLimits {
    std::int64_t most_tasks = 1001;  ///< of one array: min(MaxArraySize, max_array_tasks)
    std::int64_t most_jobs = 0;      ///< tasks of all arrays together; 0: no limit
};

/// One Slurm array: tasks of one resource class. Task i runs the shards i·per_task … i·per_task + per_task − 1 of its
/// list; indices begin at 0, whatever the shards are called.
struct ArrayJob {
    std::string name;  ///< "a0"
    std::int64_t memory_per_rank = 0;
    std::int64_t ranks = 1;  ///< --ntasks: the profile's, or more where a unit needs more
    std::int64_t nodes = 1;
    std::int64_t minutes = 0;
    std::int64_t throttle = 0;  ///< %N; 0: none
    std::int32_t per_task = 1;
    std::vector<std::int32_t> shards;

    std::int64_t tasks() const;
};

/// Packs shards into arrays: one resource class (memory, ranks, time factor) an array, chunks of at most `most_tasks`,
/// several shards a task where `most_jobs` asks for it. Pure. @throws UsageError when not even that fits.
std::vector<ArrayJob> make_arrays(std::vector<ShardNeed> needs, const Profile&, const ArrayLimits&);

/// What can be submitted now: all shards, or those of as many resource classes as `most_jobs` allows, the largest
/// first. The others are a later wave, which `slurm resume` submits. Pure.
std::vector<ShardNeed> first_wave(const std::vector<ShardNeed>& needs, const ArrayLimits&);

/// Minutes a task of that many ranks needs: time_margin · (Σ/ranks + longest unit) + start, between time_min and
/// time_max.
std::int64_t task_minutes(double seconds, double longest_unit_seconds, std::int64_t ranks, const Profile&);

}  // namespace specsweep::slurm
