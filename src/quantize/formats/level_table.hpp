#pragma once

#include <array>
#include <cstddef>
#include <utility>

#include "quantize/float_bits.hpp"

namespace specsweep::quantize {

/// Ascending levels with decision thresholds: value(v) is the level whose number is the count of thresholds below v, so
/// a tie goes to the lower level. A chain of selections: no branches, no gathers.
template <int count>
struct LevelTable {
    std::array<float, count> levels{};
    std::array<float, count - 1> thresholds{};

    /// Thresholds at fl((Tₖ + Tₖ₊₁)/2).
    static constexpr LevelTable with_midpoints(const std::array<float, count>& levels)
    {
        LevelTable table;
        table.levels = levels;
        for (std::size_t k = 0; k + 1 < count; ++k)
            table.thresholds[k] = (levels[k] + levels[k + 1]) / 2;
        return table;
    }

    float value(float v) const { return chain(v, std::make_index_sequence<count - 1>{}); }

    int code(float v) const
    {
        int below = 0;
        for (std::size_t k = 0; k + 1 < count; ++k)
            below += v > thresholds[k] ? 1 : 0;
        return below;
    }

private:
    /// Written out by the compiler before it looks for loops to vectorise.
    template <std::size_t... k>
    float chain(float v, std::index_sequence<k...>) const
    {
        float level = levels[0];
        ((level = v > thresholds[k] ? levels[k + 1] : level), ...);
        return level;
    }
};

}  // namespace specsweep::quantize
