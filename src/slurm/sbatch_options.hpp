#pragma once

#include <span>
#include <string>
#include <string_view>

namespace specsweep::slurm {

/// Long options of sbatch, of Slurm 22.05 (its manual) and of newer versions up to 25.05, in byte order.
std::span<const std::string_view> sbatch_options();

/// Whether an option can stand among the `lines` of a profile.
/// @param option "--gres", without its value  @param allow_unknown options of site plugins and of versions to come
/// @throws UsageError: sbatch has no such option (the nearest name is given), or the scripts set it themselves
void require_sbatch_option(const std::string& option, bool allow_unknown);

}  // namespace specsweep::slurm
