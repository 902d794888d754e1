#pragma once

#include <algorithm>

#include "base/half.hpp"
#include "quantize/rounding.hpp"

namespace specsweep::quantize {

/// What ggml's searches have in common.
inline constexpr float ggml_zero_block = 1e-15F;  ///< blocks with smaller magnitudes are zero

/// Through storage as fp16, saturating (ggml: infinity).
inline float through_half(float value)
{
    return half_to_float(float_to_half(std::clamp(value, -65504.0F, 65504.0F)));
}

/// Nearest integer within [low, high], ties to even.
inline float nearest_code(float x, float low, float high)
{
    return std::clamp(round_small(x), low, high);
}

/// The first weight of the largest magnitude.
inline float first_largest(const float* x, int count)
{
    float largest = 0;
    for (int i = 0; i < count; ++i)
        if (magnitude_of(x[i]) > magnitude_of(largest))
            largest = x[i];
    return largest;
}

}  // namespace specsweep::quantize
