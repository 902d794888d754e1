#pragma once

#include <string>
#include <vector>

#include "slurm/sweep_folder.hpp"

namespace specsweep::slurm {

/// Cancels every job of the sweep that Slurm still has, found by token, also those submitted by hand, and notes it in
/// the journal. Finished units stay. @returns the numbers of the cancelled jobs.  @throws IoError: Slurm does not
/// answer.
std::vector<std::string> cancel(const SweepFolder&);

}  // namespace specsweep::slurm
