#pragma once

#include <limits>

#include "quantize/block_loop.hpp"
#include "quantize/block_statistic.hpp"
#include "quantize/formats/mx_scheme.hpp"
#include "quantize/rounding.hpp"

namespace specsweep::quantize {

/// How a small float is scaled (quantization.md §4); MAXF is its largest value, A the largest magnitude of the block.
enum class FloatScale {
    divide,  ///< s = fl(A/MAXF), p = cast(fl(w/s)), ŵ = fl(p·s): torch, compressed-tensors, DeepSeek
    encode,  ///< S = fl(MAXF/A), p = cast(fl(w·S)), ŵ = fl(p·fl(1/S)): TransformerEngine; A = 0 or S = Inf: §4
    power_of_two,  ///< s = 2^⌈log2 fl(A/MAXF)⌉
};

/// p saturates at ±MAXF. A block whose scale is zero (all zeros, or it underflows) decodes to zeros.
template <FloatScale rule>
struct ScaledMinifloat {
    using Statistic = AbsoluteMaximum;

    struct Scales {
        float to_grid[blocks_at_once];  ///< divisor, or factor S
        float decode[blocks_at_once];
        bool clips;  ///< some weight may lie beyond MAXF
    };

    MinifloatGrid grid;

    void prepare(const AbsoluteMaximum* blocks, int count, Scales& scales) const
    {
        for (int i = 0; i < count; ++i) {
            const float amax = blocks[i].value();
            if constexpr (rule == FloatScale::encode) {
                const float encode = amax == 0 ? 1.0F : smaller(grid.max / amax, std::numeric_limits<float>::max());
                scales.to_grid[i] = encode;
                scales.decode[i] = 1.0F / encode;
            } else {
                const float exact = amax / grid.max;
                const float scale =
                    rule == FloatScale::power_of_two ? power_of_two(MxExponent::ceil_exponent(exact)) : exact;
                scales.to_grid[i] = scale == 0 ? 1.0F : scale;
                scales.decode[i] = scale;
            }
        }
        std::int32_t clipping = 0;
        for (int i = 0; i < count; ++i)
            clipping |= beyond(scaled(blocks[i].value(), scales.to_grid[i]), grid.max);
        scales.clips = clipping != 0;
    }

    /// Scaling is monotone: no weight is clipped where the largest magnitude is not.
    bool may_clip(const Scales& scales, int) const { return scales.clips; }

    static float scaled(float w, float to_grid) { return rule == FloatScale::encode ? w * to_grid : w / to_grid; }

    auto element(const Scales& scales, int block) const
    {
        return [to_grid = scales.to_grid[block], decode = scales.decode[block], grid = grid](float w) {
            const float x = scaled(w, to_grid);
            const float p = grid.round(grid.saturate_signed(x));
            constexpr std::int32_t largest = 0x7F7FFFFF;
            const std::int32_t magnitude = magnitude_bits(p * decode);
            return Element{with_sign_of(float_of(magnitude < largest ? magnitude : largest), p),
                           with_sign_of(magnitude_of(p), w), beyond(x, grid.max)};
        };
    }

    void trace(const Scales& scales, int block, Trace& trace) const
    {
        trace.scales.push_back(rule == FloatScale::encode ? scales.to_grid[block] : scales.decode[block]);
    }
};

}  // namespace specsweep::quantize
