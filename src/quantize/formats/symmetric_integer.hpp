#pragma once

#include <cmath>
#include <limits>
#include <type_traits>

#include "quantize/block_loop.hpp"
#include "quantize/block_statistic.hpp"
#include "quantize/formats/integer_grid.hpp"
#include "quantize/formats/scaling.hpp"
#include "quantize/rounding.hpp"
#include "quantize/scale_type.hpp"

namespace specsweep::quantize {

/// How the step Δ follows from a block, and the range of the codes; M = 2^(b−1) − 1 (quantization.md §1.2).
enum class SymmetricVariant {
    restricted,          ///< Δ = fl(amax/M), [−M, M], w/Δ
    full,                ///< b1, compressed-tensors: Δ = fl(amax/((2^b−1)/2)), [−M−1, M], w/Δ
    gptq,                ///< b2, GPTQ: b1, but a block without negatives has Δ = fl(max/(2^b−1)); w/Δ
    full_maxabs,         ///< b3, QuaRot: Δ = fl(amax/M), [−M−1, M], w/Δ
    noclip,              ///< b4, torchao SYMMETRIC_NO_CLIPPING_ERR: Δ = max(fl(−min/(M+1)), fl(max/M)), w·fl(1/Δ)
    reciprocal,          ///< c, ModelOpt: s = fl(M/amax), [−M, M], w·s, decoded fl(q/s)
    torchao,             ///< b1 with w·fl(1/Δ)
    torchao_restricted,  ///< a with w·fl(1/Δ)
};

/// q = clamp(RNE(w ∘ Δ), low, high), ŵ = fl(q·Δ). One rounding per operation, binary32.
///
/// A block whose Δ is zero (all zeros, or Δ underflows) decodes to zeros. torchao keeps Δ ≥ 2⁻²³.
template <class StatisticOf, Scaling scaling>
struct SymmetricInteger {
    using Statistic = StatisticOf;

    struct Scales {
        float delta[blocks_at_once];     ///< decodes
        float to_codes[blocks_at_once];  ///< divisor or factor of w
        bool clips = true;               ///< some weight may lie beyond the outermost level
    };
    static constexpr bool never_negative_zero = true;
    static constexpr bool fast_widths = scaling != Scaling::multiply_and_divide;

    SymmetricVariant variant;
    ScaleType scale_type;
    float low;
    float high;
    /// Of Δ, so that the outermost level is finite: only weights next to the largest float ask for more.
    float ceiling = std::nextafter(std::numeric_limits<float>::max() / larger(-low, high), 0.0F);

    /// Δ before it is stored, for each block.
    void steps(const AbsoluteMaximum* blocks, int count, float* delta) const
    {
        const bool by_range = variant == SymmetricVariant::full || variant == SymmetricVariant::torchao;
        const float divisor = by_range ? (high - low) * 0.5F : high;
        for (int i = 0; i < count; ++i)
            delta[i] = blocks[i].value() / divisor;
    }

    void steps(const Range* blocks, int count, float* delta) const
    {
        const bool noclip = variant == SymmetricVariant::noclip;
        const float range_parts = high - low;
        for (int i = 0; i < count; ++i) {
            const float below = smaller(blocks[i].low(), 0.0F);
            const float above = larger(blocks[i].high(), 0.0F);
            const float amax = larger(-below, above);
            const float range = below < 0 ? amax + amax : amax;
            const float by_range = smaller(range, std::numeric_limits<float>::max()) / range_parts;
            const float by_ends = larger(below / low, above / high);
            delta[i] = noclip ? by_ends : by_range;
        }
    }

    void prepare(const Statistic* blocks, int count, Scales& scales) const
    {
        const bool torchao = variant == SymmetricVariant::noclip || variant == SymmetricVariant::torchao ||
                             variant == SymmetricVariant::torchao_restricted;
        const float floor = torchao ? 0x1p-23F : 0.0F;
        steps(blocks, count, scales.delta);
        for (int i = 0; i < count; ++i)
            scales.delta[i] = clamped(scales.delta[i], floor, ceiling);
        store_scales(scale_type, scales.delta, count);
        for (int i = 0; i < count; ++i) {
            const float divisor = scales.delta[i] == 0 ? 1.0F : scales.delta[i];
            scales.to_codes[i] = scaling == Scaling::divide ? divisor : 1.0F / divisor;
        }
        if constexpr (scaling == Scaling::multiply_and_divide)
            for (int i = 0; i < count; ++i) {
                const float amax = blocks[i].value();
                const float encode = amax < 0x1p-24F ? 0.0F : high / amax;
                scales.to_codes[i] = encode;
                scales.delta[i] = encode == 0 ? 1.0F : encode;
            }
        if constexpr (std::is_same_v<Statistic, AbsoluteMaximum>) {
            std::int32_t clipping = 0;
            for (int i = 0; i < count; ++i)
                clipping |= beyond(scaled(blocks[i].value(), scales.to_codes[i]), high);
            scales.clips = clipping != 0;
        }
    }

    /// Scaling is monotone: no weight is clipped where the largest magnitude is not.
    bool may_clip(const Scales& scales, int) const { return scales.clips; }

    static float scaled(float w, float to_codes) { return scaling == Scaling::divide ? w / to_codes : w * to_codes; }

    auto element(const Scales& scales, int block) const
    {
        return [delta = scales.delta[block], to_codes = scales.to_codes[block], low = low, high = high](float w) {
            const float x = scaled(w, to_codes);
            const float code = round_small(clamped(x, low, high));
            const float decoded = scaling == Scaling::multiply_and_divide ? code / delta : code * delta;
            return Element{decoded, code, beyond(x, x < 0 ? -low : high)};
        };
    }

    IntegerGrid grid(const Scales& scales, int block) const
    {
        const float delta = scales.delta[block];
        const float to_codes = scales.to_codes[block];
        return {scaling == Scaling::divide ? 1.0F / to_codes : to_codes,
                scaling == Scaling::multiply_and_divide ? 1.0F / delta : delta, low, high, 0};
    }

    void trace(const Scales& scales, int block, Trace& trace) const { trace.scales.push_back(scales.delta[block]); }
};

}  // namespace specsweep::quantize
