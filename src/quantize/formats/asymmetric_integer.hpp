#pragma once

#include <cmath>
#include <limits>

#include "quantize/block_loop.hpp"
#include "quantize/block_statistic.hpp"
#include "quantize/formats/integer_grid.hpp"
#include "quantize/rounding.hpp"
#include "quantize/scale_type.hpp"

namespace specsweep::quantize {

/// Integers with a zero point z (quantization.md §1.3), codes 0 … L with L = 2^b − 1 unless said.
enum class AsymmetricVariant {
    gptq,                ///< lo = min(0, min), hi = max(0, max), Δ = fl((hi−lo)/L), z = RNE(fl(−lo/Δ))
    compressed_tensors,  ///< the same range, signed codes, z = RNE(clamp(fl(qmin − fl(lo/Δ)))), rounds after adding z
    awq,                 ///< raw min and max, Δ = fl(max(max−min, 1e-5)/L), z clamped to the codes
    hqq,      ///< raw min and max, real-valued z, s = fl(fl(1/(max−min))·L) ≤ 2e4, ŵ = fl(fl(q−z)·fl(1/s))
    torchao,  ///< as gptq with w·fl(1/Δ), Δ ≥ 2⁻²³, z clamped
};

/// Where the zero point enters: q = clamp(RNE(x) + z) or q = RNE(clamp(x + z)).
enum class ZeroPointOrder { after_rounding, before_rounding };

/// ŵ = fl(fl(q − z)·Δ).
template <bool multiplies, ZeroPointOrder order>
struct AsymmetricInteger {
    using Statistic = Range;
    static constexpr bool fast_widths = true;
    static constexpr bool never_negative_zero = order == ZeroPointOrder::after_rounding;

    struct Scales {
        float delta[blocks_at_once];
        float to_codes[blocks_at_once];
        float zero[blocks_at_once];
        float bottom[blocks_at_once];  ///< (low − z) and (high − z), see element()
        float top[blocks_at_once];
    };

    AsymmetricVariant variant;
    ScaleType scale_type;
    float low;  ///< of the codes
    float high;
    /// Weights are clipped where fl(w/Δ + z) is less or greater by more than roundings explain: outside low − t and
    /// high + t, t = (high − low)·2⁻²⁰, as the floats that a comparison needs.
    float least = -largest_float_up_to((high - low) * 0x1p-20 - low);
    float greatest = largest_float_up_to((high - low) * 0x1p-20 + high);
    float reach = 0x1p22F;  ///< of round_small()

    static float largest_float_up_to(double x)
    {
        const auto nearest = static_cast<float>(x);
        return nearest > x ? std::nextafter(nearest, -std::numeric_limits<float>::infinity()) : nearest;
    }

    void prepare(const Range* blocks, int count, Scales& scales) const
    {
        if constexpr (multiplies && order == ZeroPointOrder::before_rounding)
            return prepare_hqq(blocks, count, scales);
        const bool raw = variant == AsymmetricVariant::awq;
        const float inside = raw ? std::numeric_limits<float>::infinity() : 0.0F;  // a range that all others include
        const float least_range = raw ? 1e-5F : 0.0F;
        const float floor = variant == AsymmetricVariant::torchao ? 0x1p-23F : 0.0F;
        for (int i = 0; i < count; ++i) {
            const float bottom = smaller(blocks[i].low(), inside);
            const float top = larger(blocks[i].high(), -inside);
            const float range = smaller(top - bottom, std::numeric_limits<float>::max());
            scales.delta[i] = larger(larger(range, least_range) / (high - low), floor);
            scales.zero[i] = bottom;
        }
        store_scales(scale_type, scales.delta, count);
        for (int i = 0; i < count; ++i) {
            const float divisor = scales.delta[i] == 0 ? 1.0F : scales.delta[i];
            scales.to_codes[i] = multiplies ? 1.0F / divisor : divisor;
            scales.zero[i] /= divisor;
        }
        zero_points(scales.zero, count);
        for (int i = 0; i < count; ++i) {
            scales.top[i] = high - scales.zero[i];
            scales.bottom[i] = smaller(larger(low - scales.zero[i], -reach), scales.top[i]);
        }
    }

    /// fl(lo/Δ) → z, for each block.
    void zero_points(float* zero, int count) const
    {
        switch (variant) {
            case AsymmetricVariant::compressed_tensors:
                for (int i = 0; i < count; ++i)
                    zero[i] = round_small(clamped(low - zero[i], low, high));
                return;
            case AsymmetricVariant::awq:
            case AsymmetricVariant::torchao:
                for (int i = 0; i < count; ++i)
                    zero[i] = clamped(low - round_any(zero[i]), low, high);
                return;
            case AsymmetricVariant::gptq:
            case AsymmetricVariant::hqq:
                for (int i = 0; i < count; ++i)
                    zero[i] = -round_any(zero[i]) + 0.0F;
        }
    }

    /// torch makes number / tensor by a reciprocal, and so does HQQ's s.
    /// @pre the caller keeps scale_type at fp32: HQQ stores fl(1/s).
    void prepare_hqq(const Range* blocks, int count, Scales& scales) const
    {
        for (int i = 0; i < count; ++i) {
            const float range = smaller(blocks[i].high() - blocks[i].low(), std::numeric_limits<float>::max());
            const float encode = range <= 1e-4F ? 1.0F : smaller(1.0F / range * high, 2e4F);
            scales.to_codes[i] = encode;
            scales.delta[i] = 1.0F / encode;
            scales.zero[i] = -blocks[i].low() * encode;
            scales.top[i] = scales.bottom[i] = 0;  // codes are clamped after the zero point: nobody looks at them
        }
    }

    /// clamp(RNE(x) + z, low, high) − z = RNE(clamp(x, low − z, high − z)): bounds are integers, so rounding keeps the
    /// order. Where z is too large for round_small() every weight has the highest code.
    auto element(const Scales& scales, int block) const
    {
        return [to_codes = scales.to_codes[block], zero = scales.zero[block], top = scales.top[block],
                bottom = scales.bottom[block], delta = scales.delta[block], low = low, high = high, least = least,
                greatest = greatest](float w) {
            const float x = multiplies ? w * to_codes : w / to_codes;
            const float shifted = x + zero;
            const std::int32_t clipped = (shifted < least ? 1 : 0) | (shifted > greatest ? 1 : 0);
            if constexpr (order == ZeroPointOrder::after_rounding) {
                const float steps = round_small(clamped(x, bottom, top));
                return Element{steps * delta, steps + zero, clipped};
            } else {
                const float code = round_small(clamped(shifted, low, high));
                const float exact = (code - zero) * delta;
                constexpr float largest = std::numeric_limits<float>::max();
                return Element{multiplies ? clamped(exact, -largest, largest) : exact, code, clipped};
            }
        };
    }

    /// Zero points are rounded, and scales stored in bf16: ends of grids move by two steps. HQQ's are not integers.
    IntegerGrid grid(const Scales& scales, int block) const
        requires(!multiplies || order != ZeroPointOrder::before_rounding)
    {
        const float to_codes = scales.to_codes[block];
        const bool shifted = order == ZeroPointOrder::before_rounding;
        return {multiplies ? to_codes : 1.0F / to_codes, scales.delta[block],
                shifted ? low - scales.zero[block] : scales.bottom[block],
                shifted ? high - scales.zero[block] : scales.top[block], 2};
    }

    void trace(const Scales& scales, int block, Trace& trace) const
    {
        trace.scales.push_back(scales.delta[block]);
        trace.zero_points.push_back(scales.zero[block]);
    }
};

}  // namespace specsweep::quantize
