#pragma once

#include <bit>
#include <cstdint>
#include <limits>

namespace specsweep::quantize {

/// Branch-free tricks on binary32 that compilers turn into vector instructions. All exact.
inline std::int32_t bits_of(float x)
{
    return std::bit_cast<std::int32_t>(x);
}

inline float float_of(std::int32_t bits)
{
    return std::bit_cast<float>(bits);
}

/// Bits of |x|: integers that are ordered like the magnitudes.
inline std::int32_t magnitude_bits(float x)
{
    return bits_of(x) & 0x7FFFFFFF;
}

inline float magnitude_of(float x)
{
    return float_of(magnitude_bits(x));
}

/// |magnitude| with the sign of x; magnitude must not be negative.
inline float with_sign_of(float magnitude, float x)
{
    return float_of(bits_of(magnitude) | (bits_of(x) & INT32_MIN));
}

inline float smaller(float a, float b)
{
    return a < b ? a : b;
}

inline float larger(float a, float b)
{
    return a > b ? a : b;
}

inline float clamped(float x, float low, float high)
{
    return smaller(larger(x, low), high);
}

/// ±∞ becomes the largest float of its sign.
inline void saturate(float* values, std::int64_t count)
{
    constexpr float largest = std::numeric_limits<float>::max();
    for (std::int64_t i = 0; i < count; ++i)
        values[i] = clamped(values[i], -largest, largest);
}

}  // namespace specsweep::quantize
