#pragma once

#include <filesystem>

#include "cli/verb.hpp"

namespace specsweep::cli {

ExitCode slurm_render(Arguments);
ExitCode slurm_submit(Arguments);
ExitCode slurm_status(Arguments);
ExitCode slurm_resume(Arguments);
ExitCode slurm_cancel(Arguments);
ExitCode slurm_doctor(Arguments);

/// Absolute path of the running program: what job scripts call unless the profile names another.
std::filesystem::path this_program();

}  // namespace specsweep::cli
