#pragma once

#include <cstdint>

#include "base/integer.hpp"

namespace specsweep::linalg {

/// A leading dimension ≥ rows whose columns start on cache lines and do not all fall into the same cache sets
/// (a stride near a multiple of 1 KiB would make them).
inline std::int64_t padded_leading_dimension(std::int64_t rows)
{
    constexpr std::int64_t doubles_of_a_line = 8;
    const std::int64_t ld = round_up(rows, doubles_of_a_line);
    return ld % 128 == 0 ? ld + doubles_of_a_line : ld;
}

}  // namespace specsweep::linalg
