#pragma once

#include <algorithm>
#include <cstdint>

#include "base/half.hpp"
#include "quantize/lanes.hpp"
#include "quantize/rounding.hpp"

namespace specsweep::quantize {

/// What ggml's searches have in common.
inline constexpr float ggml_zero_block = 1e-15F;  ///< blocks with smaller magnitudes are zero

/// Through storage as fp16, saturating (ggml: infinity).
inline float through_half(float value)
{
    return half_to_float(float_to_half(std::clamp(value, -65504.0F, 65504.0F)));
}

/// Nearest integer within [low, high], ties to even. NaN stays: it makes a fit singular.
inline float nearest_code(float x, float low, float high)
{
    return smaller(high, larger(low, round_small(x)));
}

template <class L>
typename L::Float nearest_code(typename L::Float x, float low, float high)
{
    return L::clamped(L::round_small(x), low, high);
}

/// The first of `length` weights of the largest magnitude, in every lane.
template <class L, int length>
typename L::Float first_largest(const typename L::Float* x)
{
    typename L::Float largest = L::zero();
    for (int i = 0; i < length; ++i)
        largest = L::select(L::magnitude(x[i]) > L::magnitude(largest), x[i], largest);
    return largest;
}

/// Blocks that are searched together, however many lanes there are.
inline constexpr int ggml_group = 16;

/// decode_group(Lanes, weights, decoded) for groups of `weights` weights, the last one filled up with zeros.
template <int weights, class DecodeGroup>
void decode_groups(const float* values, std::int64_t count, float* decoded, DecodeGroup decode_group)
{
    run_vectorised([&]<VectorLevel level>(Level<level>) {
        const std::int64_t whole = count / weights * weights;
        for (std::int64_t begin = 0; begin < whole; begin += weights)
            decode_group(Lanes<level>{}, values + begin, decoded + begin);
        if (whole < count) {
            float filled[weights] = {};
            std::copy(values + whole, values + count, filled);
            decode_group(Lanes<level>{}, filled, filled);
            std::copy(filled, filled + (count - whole), decoded + whole);
        }
    });
}

}  // namespace specsweep::quantize
