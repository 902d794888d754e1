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
    static constexpr bool is_in_memory = false;
    LevelTable<count> table;

    explicit ChainLookup(const MagnitudeLevels& from)
    {
        table.levels.fill(from.levels.back());
        table.thresholds.fill(std::numeric_limits<float>::max());
        std::copy(from.levels.begin(), from.levels.end(), table.levels.begin());
        std::copy(from.thresholds.begin(), from.thresholds.end(), table.thresholds.begin());
    }
    float value(float v) const { return table.value(v); }
};

/// Up to 128 magnitudes by a table of buckets with one threshold each at most. The bucket of v is made of the bits of
/// fl(v + offset), without the last `shift`: even steps below the offset, even ratios above it. It never falls as v
/// grows, so that a comparison with the bucket's own threshold decides. Offset and shift give the fewest buckets.
class BucketLookup {
public:
    static constexpr bool is_in_memory = true;

    explicit BucketLookup(const MagnitudeLevels& from);

    struct Bucket {
        float threshold;  ///< infinity where there is none
        float levels[2];  ///< up to the threshold, and above it: an index, where compilers would branch
    };

    struct View {
        const Bucket* buckets;
        float farthest;  ///< above all thresholds
        float offset;
        int shift;
        std::int32_t first;

        std::int32_t bucket(float v) const { return (bits_of(smaller(v, farthest) + offset) >> shift) - first; }
        float value(float v) const
        {
            const Bucket& found = buckets[bucket(v)];
            return found.levels[v > found.threshold ? 1 : 0];
        }

        template <std::size_t count>
        void values(const std::array<float, count>& v, std::array<float, count>& levels) const
        {
            std::array<std::int32_t, count> numbers;
            for (std::size_t i = 0; i < count; ++i)
                numbers[i] = bucket(v[i]);
            for (std::size_t i = 0; i < count; ++i) {
                const Bucket& found = buckets[numbers[i]];
                levels[i] = found.levels[v[i] > found.threshold ? 1 : 0];
            }
        }
    };
    View view() const { return {buckets_.data(), keys_.farthest, keys_.offset, keys_.shift, keys_.first}; }

private:
    View keys_;
    std::vector<Bucket> buckets_;
};

/// s of a block: absmax, or the root mean square in binary64, rounded once.
inline float table_scale(const AbsoluteMaximum& block)
{
    return block.value();
}
inline float table_scale(const SquareSum& block)
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
        const auto scaled = [divisor = scales.scale[block] == 0 ? 1.0F : scales.scale[block]](float w) {
            return magnitude_of(w / divisor);
        };
        const auto decoded = [scale = scales.scale[block], outermost = outermost](float w, float v, float level) {
            const float magnitude = smaller(level * scale, std::numeric_limits<float>::max());
            return Element{with_sign_of(magnitude, w), with_sign_of(level, w), beyond(v, outermost)};
        };
        if constexpr (Lookup::is_in_memory)
            return LookedUp{lookup.view(), scaled, decoded};
        else
            return [=, lookup = lookup](float w) {
                const float v = scaled(w);
                return decoded(w, v, lookup.value(v));
            };
    }

    void trace(const Scales& scales, int block, Trace& trace) const { trace.scales.push_back(scales.scale[block]); }
};

}  // namespace specsweep::quantize
