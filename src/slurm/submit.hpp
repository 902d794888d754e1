#pragma once

#include <functional>
#include <string>
#include <vector>

#include "results/file_lock.hpp"
#include "slurm/generation.hpp"
#include "slurm/journal.hpp"
#include "slurm/sweep_folder.hpp"
#include "slurm/sweep_settings.hpp"

namespace specsweep::slurm {

struct SubmitOptions {
    double patience_seconds = 300;  ///< how long a busy controller is waited for
    std::function<void(const std::string&)> say = [](const std::string&) {};  ///< progress, a line at a time
};

/// What stands in the queue when submit() returns.
struct SubmitReport {
    struct Job {
        std::string name;  ///< "a0", "aggregate"
        std::string job_id;
        std::int64_t tasks = 1;
        bool was_known = false;  ///< from an earlier call
    };
    int generation = 0;
    std::vector<Job> jobs;
    std::int64_t tasks = 0;
};

/// Held by whoever submits or cancels, from the first look at the sweep's state on: two who look at the same time would
/// both find that nothing is submitted. @throws UsageError when another process holds it
results::FileLock lock_sweep(const SweepFolder&);

/// Submits a rendered generation, or goes on where an earlier call stopped. All arrays are submitted on hold, then the
/// job that aggregates (afterany), then all are released; when one is refused, the held ones are taken back. Every step
/// stands in the journal before it is done, and before a script is submitted whose fate is not known the controller is
/// asked for its token: calling this twice, or killing it anywhere, makes no second job.
/// @throws UsageError: the controller refuses (its words);  IoError: no Slurm, no answer within the patience.
/// @param lock of lock_sweep()
SubmitReport submit_generation(const SweepFolder&, const SweepSettings&, const Generation&, const SubmitOptions&,
                               const results::FileLock& lock);

/// The first generation. Arrays larger than the cluster takes are cut anew, as long as nothing has been submitted;
/// where the user may not have that many jobs, a task gets several shards, and where not even each resource class may
/// have one, the others wait for `resume`.
/// @param lock of lock_sweep()
SubmitReport submit(const SweepFolder&, const SubmitOptions&, const results::FileLock& lock);

/// Limits of this cluster for a sweep of that profile. @throws IoError
ArrayLimits cluster_limits(const Profile&);

/// first_wave(), saying what has to wait.
std::vector<ShardNeed> wave_of(const std::vector<ShardNeed>& needs, const ArrayLimits&, const SubmitOptions&);

struct TestAnswer {
    std::string script;
    bool taken = false;
    std::string message;  ///< the controller's words
};

/// `sbatch --test-only` on every script of the first generation, cut as submit() would: nothing is submitted.
std::vector<TestAnswer> test_only(const SweepFolder&, const SubmitOptions&);

}  // namespace specsweep::slurm
