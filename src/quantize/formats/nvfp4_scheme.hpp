#pragma once

#include <cstdint>
#include <limits>

#include "quantize/block_loop.hpp"
#include "quantize/block_statistic.hpp"
#include "quantize/rounding.hpp"

namespace specsweep::quantize {

/// Whose order of operations makes block scale and element factor (quantization.md §2.2).
enum class Nvfp4Variant { te, te_old, torchao, torchao_single, modelopt, compressed_tensors, vllm };

constexpr bool has_tensor_scale(Nvfp4Variant variant)
{
    return variant != Nvfp4Variant::torchao_single;
}

/// E2M1 elements, E4M3 block scales s8, one fp32 scale from A = max|W|. TransformerEngine ≥ 2.15 (§2.1):
///
///   S = fl(2688/A), D = fl(1/S), s8 = E4M3(min(fl(a·fl(S·fl(1/6))), 448))     a = max|w| of the block
///   code = E2M1(fl(w·min(fl(1/fl(s8·D)), FLT_MAX)))
///   ŵ = double(code)·double(s8)·double(A)/2688, rounded once to fp32 (canonical decode, for every variant)
///
/// A block whose s8 is zero decodes to zeros. Levels are a power of two times 1 or 1.5, so ŵ needs two divisions a
/// block and one exact product an element; only where that product may be subnormal (`precise`) it is rounded from
/// binary64.
template <Nvfp4Variant variant, bool precise>
struct Nvfp4 {
    using Statistic = AbsoluteMaximum;
    static constexpr bool divides = variant == Nvfp4Variant::modelopt || variant == Nvfp4Variant::compressed_tensors;
    using Decoder = std::conditional_t<precise, double, float>;

    struct Scales {
        float to_codes[blocks_at_once];  ///< factor or divisor of w
        float s8[blocks_at_once];
        Decoder one[blocks_at_once];             ///< decoded 1
        Decoder one_and_a_half[blocks_at_once];  ///< decoded 1.5
    };

    float tensor_maximum;  ///< A; 2688 where there is no tensor scale
    float encode;          ///< S
    float decode;          ///< fl(1/S) or fl(A/2688)
    float encode_per_six;  ///< fl(S·fl(1/6))

    explicit Nvfp4(const TensorStatistics& tensor)
    {
        constexpr float largest = std::numeric_limits<float>::max();
        tensor_maximum = has_tensor_scale(variant) ? tensor.absolute_maximum : 2688.0F;
        encode = tensor_maximum == 0 ? 1.0F : smaller(2688.0F / tensor_maximum, largest);
        if constexpr (variant == Nvfp4Variant::compressed_tensors)
            encode = smaller((1.0F / larger(tensor_maximum, std::numeric_limits<float>::min())) * 2688.0F, largest);
        decode = 1.0F / encode;
        if constexpr (variant == Nvfp4Variant::torchao || variant == Nvfp4Variant::modelopt) {
            decode = tensor_maximum / 2688.0F;
            decode = decode == 0 ? 1.0F : decode;
            encode = 1.0F / decode;
        }
        encode_per_six = encode * (1.0F / 6.0F);
    }

    /// Block scale before it is rounded to E4M3, with the floors of the variant.
    float unrounded_scale(float a) const
    {
        constexpr float sixth = 1.0F / 6.0F;
        switch (variant) {
            case Nvfp4Variant::te:
                return a * encode_per_six;
            case Nvfp4Variant::te_old:
                return (a / 6.0F) * encode;
            case Nvfp4Variant::torchao:
                return larger((a / 6.0F) / decode, 0x1p-6F);
            case Nvfp4Variant::torchao_single:
                return larger(a / 6.0F, 0x1p-6F);
            case Nvfp4Variant::modelopt: {
                const float scale = a / (6.0F * decode);
                return larger(scale == 0 ? 1.0F : scale, 0x1p-9F);
            }
            case Nvfp4Variant::compressed_tensors:
                return encode * (a / 6.0F);
            case Nvfp4Variant::vllm:
                return encode * (a * sixth);
        }
        return 0;
    }

    /// Factor (or divisor) that brings w onto the grid of E2M1.
    float element_scale(float s8) const
    {
        constexpr float largest = std::numeric_limits<float>::max();
        switch (variant) {
            case Nvfp4Variant::te:
            case Nvfp4Variant::te_old:
            case Nvfp4Variant::vllm:
                return smaller(1.0F / (s8 * decode), largest);
            case Nvfp4Variant::torchao:
                return encode / s8;
            case Nvfp4Variant::torchao_single:
                return 1.0F / s8;
            case Nvfp4Variant::modelopt:
                return s8 * decode;
            case Nvfp4Variant::compressed_tensors:
                return s8 / encode;
        }
        return 0;
    }

    void prepare(const AbsoluteMaximum* blocks, int count, Scales& scales) const
    {
        constexpr MinifloatGrid e4m3_grid(e4m3);
        const double amax = tensor_maximum;
        for (int i = 0; i < count; ++i) {
            float s8 = e4m3_grid.round(e4m3_grid.saturate(unrounded_scale(blocks[i].value())));
            if constexpr (variant == Nvfp4Variant::compressed_tensors)
                s8 = s8 == 0 ? 0.125F : s8;
            scales.s8[i] = s8;
            scales.to_codes[i] = element_scale(s8);
        }
        for (int i = 0; i < count; ++i) {
            const double s8 = scales.s8[i];
            scales.one[i] = static_cast<Decoder>(s8 * amax / 2688.0);
            scales.one_and_a_half[i] = static_cast<Decoder>(1.5 * s8 * amax / 2688.0);
        }
    }

    auto element(const Scales& scales, int block) const
    {
        return [to_codes = scales.to_codes[block], one = scales.one[block],
                one_and_a_half = scales.one_and_a_half[block]](float w) {
            constexpr MinifloatGrid grid(e2m1);
            constexpr std::int32_t half_bit = 0x400000;  // the one mantissa bit of E2M1
            const float x = divides ? w / to_codes : w * to_codes;
            const float a = magnitude_of(x);
            const float q = grid.round(grid.saturate(a));
            const float power = float_of(bits_of(q) & ~half_bit);
            const Decoder unit = (bits_of(q) & half_bit) != 0 ? one_and_a_half : one;
            const auto decoded = static_cast<float>(static_cast<Decoder>(power) * unit);
            return Element{with_sign_of(decoded, w), with_sign_of(q, w), beyond(a, 6.0F)};
        };
    }

    void trace(const Scales& scales, int block, Trace& trace) const { trace.scales.push_back(scales.s8[block]); }
};

}  // namespace specsweep::quantize
