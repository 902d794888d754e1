#pragma once

#include <algorithm>
#include <cmath>
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

/// Any number of magnitudes by bisection.
struct SearchLookup {
    MagnitudeLevels table;

    explicit SearchLookup(MagnitudeLevels from) : table(std::move(from)) {}
    float value(float v) const
    {
        const auto above = std::lower_bound(table.thresholds.begin(), table.thresholds.end(), v);
        return table.levels[static_cast<std::size_t>(above - table.thresholds.begin())];
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

/// ŵ = sgn(w)·fl(T·s) with T the level next to v = fl(|w|/s). s = 0 decodes to zeros.
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
            return Element{with_sign_of(level * scale, w), with_sign_of(level, w), beyond(v, outermost)};
        };
    }

    void trace(const Scales& scales, int block, Trace& trace) const { trace.scales.push_back(scales.scale[block]); }
};

}  // namespace specsweep::quantize
