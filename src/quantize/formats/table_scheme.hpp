#pragma once

#include <array>
#include <cstdint>

#include "quantize/block_loop.hpp"
#include "quantize/block_statistic.hpp"
#include "quantize/formats/level_table.hpp"
#include "quantize/formats/wide_table.hpp"

namespace specsweep::quantize {

/// ŵ = fl(T[code]·a), a = max|w|, v = clamp(fl(w·fl(1/max(a, 1e-38))), −1, 1), code = number of thresholds below v (or
/// |v|). A short last block has v = fl(w/a) instead: bitsandbytes (quantization.md §5.1).
template <int count>
struct TableScheme {
    using Statistic = AbsoluteMaximum;
    static constexpr bool fast_widths = true;

    struct Scales {
        float scale[blocks_at_once];   ///< a
        float decode[blocks_at_once];  ///< a, unless scales are quantized too
        float factor[blocks_at_once];
    };

    LevelTable<count> table;
    std::array<int, count> codes;  ///< what the levels are called in the trace
    WideTable wide = WideTable::of(table);

    void prepare(const AbsoluteMaximum* blocks, int number, Scales& scales) const
    {
        for (int i = 0; i < number; ++i) {
            scales.scale[i] = blocks[i].value();
            scales.decode[i] = scales.scale[i];
            scales.factor[i] = 1.0F / larger(scales.scale[i], 1e-38F);
        }
    }

    auto element(const Scales& scales, int block) const
    {
        return [table = table, factor = scales.factor[block], scale = scales.decode[block]](float w) {
            const float v = clamped(w * factor, -1.0F, 1.0F);
            return Element{table.value(v) * scale, v, 0};
        };
    }

#if defined(__x86_64__)
    __attribute__((target("avx512f"))) void wide_strip(const Scales& scales, int block, const float* values,
                                                       float* decoded, LaneCounts& lanes) const
    {
        wide.decode(values, decoded, scales.factor[block], scales.decode[block], lanes);
    }
#endif

    auto short_element(const Scales& scales, int block) const
    {
        const float divisor = scales.scale[block] == 0 ? 1.0F : scales.scale[block];
        return [table = table, divisor, scale = scales.decode[block]](float w) {
            const float v = clamped(w / divisor, -1.0F, 1.0F);
            return Element{table.value(v) * scale, v, 0};
        };
    }

    /// The code of a normalised value, which is what elements leave for the trace.
    float code(float v) const
    {
        return static_cast<float>(codes[static_cast<std::size_t>(table.code(v))]);
    }

    void trace(const Scales& scales, int block, Trace& trace) const
    {
        trace.scales.push_back(scales.scale[block]);
    }
};

}  // namespace specsweep::quantize
