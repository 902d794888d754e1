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

inline float stored_scale(ScaleType type, float scale)
{
    constexpr MinifloatGrid half(Minifloat{5, 10, 15, 65504.0});
    switch (type) {
        case ScaleType::fp16:
            return half.round(half.saturate(scale));
        case ScaleType::bf16:
            return round_to_bf16(scale);
        case ScaleType::fp32:
            break;
    }
    return scale;
}

}  // namespace specsweep::quantize
