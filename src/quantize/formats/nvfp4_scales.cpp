#include "quantize/formats/nvfp4_scales.hpp"

#include <limits>

#include "quantize/rounding.hpp"

namespace specsweep::quantize {

namespace {

constexpr float largest = std::numeric_limits<float>::max();
constexpr float sixth = 1.0F / 6.0F;

/// ggml's UE4M3 of x ≥ 0: ties go up, subnormals stop at 7·2⁻⁹, and everything from 256 on is 448.
float ggml_scale(float x)
{
    if (x >= 0x1p-6F) {
        const float up = float_of((bits_of(smaller(x, 448.0F)) + 0x80000) & ~0xFFFFF);
        return up >= 256.0F ? 448.0F : up;
    }
    return smaller(static_cast<float>(static_cast<int>(x * 512.0F + 0.5F)), 7.0F) * 0x1p-9F;
}

template <class Formula>
void for_each_block(const AbsoluteMaximum* blocks, int count, float* scales, Formula formula)
{
    for (int i = 0; i < count; ++i)
        scales[i] = formula(blocks[i].value());
}

}  // namespace

Nvfp4Scales::Nvfp4Scales(Nvfp4Variant whose, const TensorStatistics& tensor)
    : variant(whose), tensor_maximum(has_tensor_scale(whose) ? tensor.absolute_maximum : 2688.0F)
{
    switch (variant) {
        case Nvfp4Variant::torchao:
        case Nvfp4Variant::modelopt:
            decode = tensor_maximum / 2688.0F;
            decode = decode == 0 ? 1.0F : decode;
            encode = 1.0F / decode;
            return;
        case Nvfp4Variant::compressed_tensors:
            encode = smaller((1.0F / larger(tensor_maximum, std::numeric_limits<float>::min())) * 2688.0F, largest);
            break;
        case Nvfp4Variant::te:
        case Nvfp4Variant::te_old:
        case Nvfp4Variant::torchao_single:
        case Nvfp4Variant::vllm:
        case Nvfp4Variant::ggml:
            encode = tensor_maximum == 0 ? 1.0F : smaller(2688.0F / tensor_maximum, largest);
            break;
    }
    decode = 1.0F / encode;
}

void Nvfp4Scales::unrounded(const AbsoluteMaximum* blocks, int count, float* scales) const
{
    switch (variant) {
        case Nvfp4Variant::te:
            return for_each_block(blocks, count, scales, [m = encode * sixth](float a) { return a * m; });
        case Nvfp4Variant::te_old:
            return for_each_block(blocks, count, scales, [s = encode](float a) { return (a / 6.0F) * s; });
        case Nvfp4Variant::torchao:
            return for_each_block(blocks, count, scales,
                                  [g = decode](float a) { return larger((a / 6.0F) / g, 0x1p-6F); });
        case Nvfp4Variant::torchao_single:
            return for_each_block(blocks, count, scales, [](float a) { return larger(a / 6.0F, 0x1p-6F); });
        case Nvfp4Variant::modelopt:
            return for_each_block(blocks, count, scales, [g = 6.0F * decode](float a) {
                const float scale = a / g;
                return larger(scale == 0 ? 1.0F : scale, 0x1p-9F);
            });
        case Nvfp4Variant::compressed_tensors:
            return for_each_block(blocks, count, scales, [s = encode](float a) { return s * (a / 6.0F); });
        case Nvfp4Variant::vllm:
            return for_each_block(blocks, count, scales, [s = encode](float a) { return s * (a * sixth); });
        case Nvfp4Variant::ggml:
            return for_each_block(blocks, count, scales, [](float a) { return ggml_scale(a / 6.0F); });
    }
}

void Nvfp4Scales::element_scales(const float* s8, int count, float* element) const
{
    const auto each = [&](auto formula) {
        for (int i = 0; i < count; ++i)
            element[i] = formula(s8[i]);
    };
    switch (variant) {
        case Nvfp4Variant::te:
        case Nvfp4Variant::te_old:
        case Nvfp4Variant::vllm:
            return each([d = decode](float s) { return smaller(1.0F / (s * d), largest); });
        case Nvfp4Variant::torchao:
            return each([g = encode](float s) { return g / s; });
        case Nvfp4Variant::torchao_single:
            return each([](float s) { return 1.0F / s; });
        case Nvfp4Variant::modelopt:
            return each([g = decode](float s) { return s * g; });
        case Nvfp4Variant::ggml:
            return each([](float s) { return s == 0 ? 1.0F : s; });
        case Nvfp4Variant::compressed_tensors:
            return each([s = encode](float s8_value) { return s8_value / s; });
    }
}

void Nvfp4Scales::prepare(const AbsoluteMaximum* blocks, int count, float* s8, float* element) const
{
    constexpr MinifloatGrid grid(e4m3);
    unrounded(blocks, count, s8);
    const float zero_becomes = variant == Nvfp4Variant::compressed_tensors ? 0.125F : 0.0F;
    for (int i = 0; i < count; ++i) {
        const float rounded = grid.round(grid.saturate(s8[i]));
        s8[i] = rounded == 0 ? zero_becomes : rounded;
    }
    element_scales(s8, count, element);
}

}  // namespace specsweep::quantize
