#pragma once

#include <string>
#include <vector>

namespace specsweep::slurm {

/// How a program of the cluster ended.
struct CommandResult {
    bool found = true;       ///< false: there is no such program on PATH
    bool timed_out = false;  ///< it was ended after the time it had; what it did is not known
    int exit_code = 0;       ///< 128 + signal when it was killed
    std::string out, err;

    bool ok() const { return found && !timed_out && exit_code == 0; }
    /// First line of what it said, for messages.
    std::string message() const;
};

/// Runs a program (no shell) and waits. Variables that would change what Slurm's programs do or print (SBATCH_*,
/// SQUEUE_*, SACCT_*, SLURM_TIME_FORMAT) are taken out of its environment.
/// @param seconds after which it is ended.  @throws IoError when the system cannot start processes.
CommandResult run_command(const std::vector<std::string>& arguments, double seconds = 60);

}  // namespace specsweep::slurm
