#pragma once

#include "quantize/block_statistic.hpp"
#include "quantize/rounding.hpp"
#include "quantize/tensor_statistics.hpp"

namespace specsweep::quantize {

/// Whose order of operations makes the block scale and the element factor (quantization.md §2.2).
enum class Nvfp4Variant { te, te_old, torchao, torchao_single, modelopt, compressed_tensors, vllm, ggml };

constexpr bool has_tensor_scale(Nvfp4Variant variant)
{
    return variant != Nvfp4Variant::torchao_single && variant != Nvfp4Variant::ggml;
}

/// Variants that divide elements by their scale; the others multiply by its reciprocal.
constexpr bool divides(Nvfp4Variant variant)
{
    return variant == Nvfp4Variant::modelopt || variant == Nvfp4Variant::compressed_tensors ||
           variant == Nvfp4Variant::ggml;
}

/// ggml's UE4M3 of x ≥ 0: ties go up, subnormals stop at 7·2⁻⁹, and everything from 256 on is 448.
inline float ggml_scale(float x)
{
    const float up = float_of((bits_of(smaller(x, 448.0F)) + 0x80000) & ~0xFFFFF);
    const float normal = up >= 256.0F ? 448.0F : up;
    // NOLINTNEXTLINE(bugprone-incorrect-roundings): ggml's own
    const float subnormal = smaller(static_cast<float>(static_cast<int>(smaller(x, 1.0F) * 512.0F + 0.5F)), 7.0F);
    return x >= 0x1p-6F ? normal : subnormal * 0x1p-9F;
}

/// The two scales of NVFP4, from A = max|W| and a = max|w| of each block. TransformerEngine ≥ 2.15 (§2.1):
///
///   S = fl(2688/A), D = fl(1/S), s8 = E4M3(min(fl(a·fl(S·fl(1/6))), 448)), e = min(fl(1/fl(s8·D)), FLT_MAX)
///
/// The table of §2.2 has the others; each case of prepare() is one row of it.
struct Nvfp4Scales {
    Nvfp4Variant variant;
    float tensor_maximum;  ///< A; 2688 where there is no tensor scale
    float encode;          ///< S, or fl(1/g)
    float decode;          ///< D = fl(1/S), or g = fl(A/2688)

    Nvfp4Scales(Nvfp4Variant whose, const TensorStatistics& tensor);

    /// @param s8 block scales, values of E4M3.
    void prepare(const AbsoluteMaximum* blocks, int count, float* s8) const
    {
        constexpr MinifloatGrid grid(e4m3);
        constexpr float sixth = 1.0F / 6.0F;
        const auto each = [&](auto unrounded, float zero_becomes = 0.0F) {
            for (int i = 0; i < count; ++i) {
                const float rounded = grid.round(grid.saturate(unrounded(blocks[i].value())));
                s8[i] = rounded == 0 ? zero_becomes : rounded;
            }
        };
        switch (variant) {
            case Nvfp4Variant::te:
                return each([m = encode * sixth](float a) { return a * m; });
            case Nvfp4Variant::te_old:
                return each([s = encode](float a) { return (a / 6.0F) * s; });
            case Nvfp4Variant::torchao:
                return each([g = decode](float a) { return larger((a / 6.0F) / g, 0x1p-6F); });
            case Nvfp4Variant::torchao_single:
                return each([](float a) { return larger(a / 6.0F, 0x1p-6F); });
            case Nvfp4Variant::modelopt:
                return each([g = 6.0F * decode](float a) {
                    const float scale = a / g;
                    return larger(scale == 0 ? 1.0F : scale, 0x1p-9F);
                });
            case Nvfp4Variant::compressed_tensors:
                return each([s = encode](float a) { return s * (a / 6.0F); }, 0.125F);
            case Nvfp4Variant::vllm:
                return each([s = encode](float a) { return s * (a * sixth); });
            case Nvfp4Variant::ggml:
                return each([](float a) { return ggml_scale(a / 6.0F); });
        }
    }

    /// Factor (or divisor) of the elements of a block with this scale.
    float element_scale(float s8) const;
};

}  // namespace specsweep::quantize
