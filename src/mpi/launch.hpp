#pragma once

#include <optional>

namespace specsweep::mpi {

/// How many ranks the batch system says it started in this job step (SLURM_STEP_NUM_TASKS); nullopt outside of one.
std::optional<int> launched_ranks_hint();

/// This process's rank as its process manager says (PMIX_RANK, PMI_RANK, SLURM_PROCID), before MPI is up; nullopt where
/// none of them speaks.
std::optional<int> launched_rank();

/// Refuses the wrong number of ranks.
///
///   expected given:   actual must equal it
///   not given:        actual = 1 in a step of several tasks is refused: the launcher and the MPI library do not know
///   each
///                     other, so every process believes to be rank 0 of 1, and all would write the same file
///
/// Any other difference from the hint is no fault: under mpirun the step that Slurm knows holds mpirun's daemons.
/// @throws Error with ExitCode::wrong_ranks. Not collective.
void check_ranks(int actual, std::optional<int> expected, std::optional<int> hint);

}  // namespace specsweep::mpi
