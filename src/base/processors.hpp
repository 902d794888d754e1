#pragma once

#include <filesystem>
#include <optional>

namespace specsweep {

/// How many processors this process may keep busy: those of its affinity mask, but no more than the quota below rounded
/// up. At least 1.
int usable_processors();

/// CPU time a second that the process's cgroup and the groups above it allow (v2: cpu.max, v1: cpu.cfs_quota_us); the
/// least of them. Nothing: no quota, or none that can be seen from here (a container hides the groups above its own).
/// @param root what stands for /: where proc/self and the trees that proc/self/mountinfo names lie.
std::optional<double> processor_quota(const std::filesystem::path& root = "/");

}  // namespace specsweep
