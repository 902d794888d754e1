#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

namespace specsweep::sweep {

/// Memory per rank that a matrix is asked for with: its predicted bytes, rounded up to a power of two. Few classes, so
/// that one Slurm array a class stays possible, and nothing asks for more than twice what it needs.
inline std::int64_t resource_class(std::int64_t predicted_bytes)
{
    return static_cast<std::int64_t>(
        std::bit_ceil(static_cast<std::uint64_t>(std::max<std::int64_t>(predicted_bytes, 1))));
}

}  // namespace specsweep::sweep
