#pragma once

#include <string>
#include <vector>

#include "slurm/journal.hpp"
#include "slurm/sweep_folder.hpp"

namespace specsweep::slurm {

/// What came of one call of sbatch.
enum class SbatchVerdict {
    accepted,
    unknown,  ///< no answer, or none that can be understood: the controller may have the job
    refused,
};

struct SbatchAnswer {
    SbatchVerdict verdict = SbatchVerdict::unknown;
    std::string job_id;
    std::string message;
};

/// "Socket timed out on send/recv operation" and its like: does not mean that the job was rejected.
bool means_busy(const std::string& message);

/// Calls `sbatch --parsable OPTIONS… SCRIPT`. @throws IoError when it is not installed.
SbatchAnswer call_sbatch(const std::vector<std::string>& options, const std::filesystem::path& script);

/// The job of that entry, if the controller, its history or a started task knows one: its number, else empty.
/// @param reached whether the controller answered.
std::string look_up(const JournalEntry&, const SweepFolder&, bool& reached);

}  // namespace specsweep::slurm
