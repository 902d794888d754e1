#pragma once

#include <cstdint>

namespace specsweep {

/// Most memory this process has held so far (VmHWM), in bytes; 0 where /proc does not tell.
std::int64_t peak_resident_bytes();

/// What the machine could still give (MemAvailable) and this process's cgroup allows, in bytes; 0 where unknown.
std::int64_t available_bytes();

}  // namespace specsweep
