#pragma once

#include <limits>

#include "quantize/block_loop.hpp"
#include "quantize/block_statistic.hpp"
#include "quantize/rounding.hpp"
#include "quantize/scale_type.hpp"

namespace specsweep::quantize {

/// Integers with a zero point z (quantization.md §1.3), codes 0 … L with L = 2^b − 1 unless said.
enum class AsymmetricVariant {
    gptq,                ///< lo = min(0, min), hi = max(0, max), Δ = fl((hi−lo)/L), z = RNE(fl(−lo/Δ))
    compressed_tensors,  ///< the same range, signed codes, z = RNE(clamp(fl(qmin − fl(lo/Δ)))), rounds after adding z
    awq,                 ///< raw min and max, Δ = fl(max(max−min, 1e-5)/L), z clamped to the codes
    hqq,                 ///< raw min and max, real-valued z, s = fl(L/(max−min)) ≤ 2e4, ŵ = fl(fl(q−z)·fl(1/s))
    torchao,             ///< as gptq with w·fl(1/Δ), Δ ≥ 2⁻²³, z clamped
};

/// Where the zero point enters: q = clamp(RNE(x) + z) or q = RNE(clamp(x + z)).
enum class ZeroPointOrder { after_rounding, before_rounding };

/// ŵ = fl(fl(q − z)·Δ).
template <bool multiplies, ZeroPointOrder order>
struct AsymmetricInteger {
    using Statistic = Range;
    static constexpr bool fast_widths = !multiplies && order == ZeroPointOrder::after_rounding;

    struct Scales {
        float delta[blocks_at_once];
        float to_codes[blocks_at_once];
        float zero[blocks_at_once];
    };

    AsymmetricVariant variant;
    ScaleType scale_type;
    float low;  ///< of the codes
    float high;

    void prepare(const Range* blocks, int count, Scales& scales) const
    {
        if (variant == AsymmetricVariant::hqq)
            return prepare_hqq(blocks, count, scales);
        const bool raw = variant == AsymmetricVariant::awq;
        for (int i = 0; i < count; ++i) {
            const float bottom = raw ? blocks[i].low() : smaller(blocks[i].low(), 0.0F);
            const float top = raw ? blocks[i].high() : larger(blocks[i].high(), 0.0F);
            const float range = smaller(top - bottom, std::numeric_limits<float>::max());
            float delta = (raw ? larger(range, 1e-5F) : range) / (high - low);
            delta = stored_scale(scale_type, variant == AsymmetricVariant::torchao ? larger(delta, 0x1p-23F) : delta);
            const float divisor = delta == 0 ? 1.0F : delta;
            scales.delta[i] = delta;
            scales.to_codes[i] = multiplies ? 1.0F / divisor : divisor;
            scales.zero[i] = zero_point(bottom / divisor);
        }
    }

    /// @param scaled fl(lo/Δ).
    float zero_point(float scaled) const
    {
        switch (variant) {
            case AsymmetricVariant::compressed_tensors:
                return round_small(clamped(low - scaled, low, high));
            case AsymmetricVariant::awq:
            case AsymmetricVariant::torchao:
                return clamped(low - round_any(scaled), low, high);
            case AsymmetricVariant::gptq:
            case AsymmetricVariant::hqq:
                break;
        }
        return -round_any(scaled) + 0.0F;
    }

    /// @pre the caller keeps scale_type at fp32: HQQ stores fl(1/s).
    void prepare_hqq(const Range* blocks, int count, Scales& scales) const
    {
        for (int i = 0; i < count; ++i) {
            const float range = blocks[i].high() - blocks[i].low();
            const float encode = range <= 1e-4F ? 1.0F : smaller(high / range, 2e4F);
            scales.to_codes[i] = encode;
            scales.delta[i] = 1.0F / encode;
            scales.zero[i] = -blocks[i].low() * encode;
        }
    }

    auto element(const Scales& scales, int block) const
    {
        return [delta = scales.delta[block], to_codes = scales.to_codes[block], zero = scales.zero[block], low = low,
                high = high](float w) {
            const float x = multiplies ? w * to_codes : w / to_codes;
            const float shifted = x + zero;
            const float code = order == ZeroPointOrder::after_rounding
                                   ? clamped(round_small(clamped(x, -0x1p22F, 0x1p22F)) + zero, low, high)
                                   : round_small(clamped(shifted, low, high));
            const float outside = larger(low - shifted, shifted - high);
            const std::int32_t clipped = outside > (high - low) * 0x1p-20F ? 1 : 0;
            return Element{(code - zero) * delta, code, clipped};
        };
    }

    void trace(const Scales& scales, int block, Trace& trace) const
    {
        trace.scales.push_back(scales.delta[block]);
        trace.zero_points.push_back(scales.zero[block]);
    }
};

}  // namespace specsweep::quantize
