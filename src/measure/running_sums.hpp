#pragma once

#include <algorithm>

#include "spectrum/load_widened.hpp"
#include "spectrum/simd.hpp"

namespace specsweep::measure {

/// Sums over a row run in sixteen lanes, column c in lane c mod 16, and are added in a fixed tree: the same bits on
/// every instruction set.
inline constexpr int running_sums = 16;

template <int lanes>
SPECSWEEP_ALWAYS_INLINE void store(const spectrum::Vec<lanes>& values, double* to)
{
    __builtin_memcpy(to, &values, sizeof values);
}

/// values[i] += values[i + half] for i < half.
template <int lanes, int half>
SPECSWEEP_ALWAYS_INLINE void fold(double* values)
{
    constexpr int width = std::min(lanes, half);
    for (int i = 0; i < half; i += width) {
        spectrum::Vec<width> low, high;
        spectrum::load_widened<width>(values + i, low);
        spectrum::load_widened<width>(values + i + half, high);
        low += high;
        store<width>(low, values + i);
    }
}

/// Of running_sums values, which are used up.
template <int lanes>
SPECSWEEP_ALWAYS_INLINE double tree_sum(double* values)
{
    static_assert(running_sums == 16);
    fold<lanes, 8>(values);
    fold<lanes, 4>(values);
    fold<lanes, 2>(values);
    return values[0] + values[1];
}

}  // namespace specsweep::measure
