#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "quantize/block_loop.hpp"
#include "quantize/block_statistic.hpp"
#include "quantize/formats/level_table.hpp"

namespace specsweep::quantize {

/// Magnitudes in [0, …], ascending, with thresholds; a tie goes to the smaller magnitude.
struct MagnitudeLevels {
    std::vector<float> levels;
    std::vector<float> thresholds;  ///< one fewer

    static MagnitudeLevels with_midpoints(const std::vector<double>& levels);
    std::vector<float> signed_levels() const;  ///< ascending
};

/// Up to `count` magnitudes by a chain of selections.
template <int count>
struct ChainLookup {
    LevelTable<count> table;

    explicit ChainLookup(const MagnitudeLevels& from)
    {
        table.levels.fill(from.levels.back());
        table.thresholds.fill(std::numeric_limits<float>::max());
        std::copy(from.levels.begin(), from.levels.end(), table.levels.begin());
        std::copy(from.thresholds.begin(), from.thresholds.end(), table.thresholds.begin());
    }
    float value(float v) const { return table.value(v); }
    ChainLookup view() const { return *this; }
};

/// Up to 128 magnitudes by bisection without branches, which no data can mispredict.
struct SearchLookup {
    std::array<float, 128> levels{};
    std::array<float, 128> thresholds{};  ///< ascending, then infinities
    std::size_t half = 64;                ///< of the power of two that the levels are padded to

    explicit SearchLookup(const MagnitudeLevels& from)
    {
        thresholds.fill(std::numeric_limits<float>::infinity());
        std::copy(from.levels.begin(), from.levels.end(), levels.begin());
        std::copy(from.thresholds.begin(), from.thresholds.end(), thresholds.begin());
        while (half >= from.levels.size())
            half /= 2;
    }
    float value(float v) const
    {
        std::size_t at = 0;
        for (std::size_t step = half; step > 0; step /= 2)
            at += v > thresholds[at + step - 1] ? step : 0;
        return levels[at];
    }

    struct View {
        const SearchLookup* lookup;
        float value(float v) const { return lookup->value(v); }
    };
    View view() const { return {this}; }
};

/// s of a block: absmax, or the root mean square in binary64, rounded once.
inline float table_scale(const AbsoluteMaximum& block)
{
    return block.value();
}
inline float table_scale(const Moments& block)
{
    return static_cast<float>(std::sqrt(block.mean_square()));
}

/// ŵ = sgn(w)·fl(T·s), saturating, with T the level next to v = fl(|w|/s). s = 0 decodes to zeros.
template <class StatisticOf, class Lookup>
struct MagnitudeScheme {
    using Statistic = StatisticOf;

    struct Scales {
        float scale[blocks_at_once];
    };

    Lookup lookup;
    float outermost;  ///< largest magnitude

    void prepare(const Statistic* blocks, int count, Scales& scales) const
    {
        for (int i = 0; i < count; ++i)
            scales.scale[i] = table_scale(blocks[i]);
    }

    auto element(const Scales& scales, int block) const
    {
        return [lookup = lookup.view(), outermost = outermost, scale = scales.scale[block]](float w) {
            const float v = magnitude_of(w / (scale == 0 ? 1.0F : scale));
            const float level = lookup.value(v);
            const float magnitude = smaller(level * scale, std::numeric_limits<float>::max());
            return Element{with_sign_of(magnitude, w), with_sign_of(level, w), beyond(v, outermost)};
        };
    }

    void trace(const Scales& scales, int block, Trace& trace) const { trace.scales.push_back(scales.scale[block]); }
};

}  // namespace specsweep::quantize
