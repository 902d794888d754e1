#pragma once

#include "base/minifloat.hpp"
#include "quantize/rounding.hpp"

namespace specsweep::quantize {

/// In what a block scale is stored; it is rounded (nearest, ties to even) before it is used, so that codes and decoded
/// values belong to the stored scale. fp16 saturates at 65504; a scale that rounds to zero makes its block zero.
enum class ScaleType { fp32, fp16, bf16 };

constexpr double bits_of_scale(ScaleType type)
{
    return type == ScaleType::fp32 ? 32 : 16;
}

inline float fp16_scale(float scale)
{
    constexpr MinifloatGrid half(Minifloat{5, 10, 15, 65504.0});
    return half.round(half.saturate(scale));
}

/// Rounds `count` scales, all ≥ 0, to what is stored.
inline void store_scales(ScaleType type, float* scales, int count)
{
    if (type == ScaleType::fp16)
        for (int i = 0; i < count; ++i)
            scales[i] = fp16_scale(scales[i]);
    if (type == ScaleType::bf16)
        for (int i = 0; i < count; ++i)
            scales[i] = round_to_bf16(scales[i]);
}

}  // namespace specsweep::quantize
