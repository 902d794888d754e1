#pragma once

#include <string>

#include "slurm/array_job.hpp"
#include "slurm/sweep_folder.hpp"
#include "slurm/sweep_settings.hpp"

namespace specsweep::slurm {

/// A batch script and what finds its job again.
struct JobScript {
    std::string token;     ///< ten hexadecimal digits: of this very text
    std::string job_name;  ///< "NAME.g0.a0.TOKEN": unique to the text, for squeue --name
    std::string text;
};

/// The script of an array. A pure function of its arguments and the template; bash -n and shellcheck clean.
/// @throws UsageError when a value cannot stand in a script.
JobScript array_script(const ArrayJob&, const SweepSettings&, const SweepFolder&, int generation);

/// The script of the job that aggregates; its dependency is given when it is submitted.
JobScript aggregate_script(const SweepSettings&, const SweepFolder&, int generation);

/// What is wrong with a script as text: no `#!` first, an #SBATCH line after a command (Slurm ignores it).
/// Empty: nothing.
std::string script_fault(const std::string& text);

/// "1-02:03:00" for sbatch --time.
std::string time_text(std::int64_t minutes);

}  // namespace specsweep::slurm
