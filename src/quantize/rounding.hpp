#pragma once

#include <cstdint>

#include "base/minifloat.hpp"
#include "quantize/float_bits.hpp"

namespace specsweep::quantize {

/// Nearest integer, ties to even, for |x| ≤ 2²²; −0.3 gives +0. The binary32 adder does the rounding: the spacing of
/// floats around 1.5·2²³ is one.
inline float round_small(float x)
{
    return (x + 0x1.8p23F) - 0x1.8p23F;
}

/// Nearest integer, ties to even, for every finite x; the sign is kept.
inline float round_any(float x)
{
    const float a = magnitude_of(x);
    const float rounded = (a + 0x1p23F) - 0x1p23F;
    return with_sign_of(a < 0x1p23F ? rounded : a, x);
}

/// Grid of a small float (quantization.md §0.2), in binary32.
///
/// round(x): nearest value, ties to even, for |x| ≤ max (the caller saturates first: max is a value, so clamping
/// commutes with rounding); a negative x that rounds to zero gives +0. 1.5·2²³·step, with the step of x's binade, has
/// the grid's spacing on both sides: adding and subtracting it rounds.
struct MinifloatGrid {
    explicit constexpr MinifloatGrid(const Minifloat& format)
        : smallest_binade((128 - format.bias) << 23),
          magic_offset(((23 - format.mantissa_bits) << 23) | 0x400000),
          max(static_cast<float>(format.max)),
          mantissa_bits(format.mantissa_bits)
    {
    }

    /// Bits of the power of two that a's binade starts with; subnormals share the smallest normal binade.
    std::int32_t binade(float a) const
    {
        const std::int32_t exponent = bits_of(a) & 0x7F800000;
        return exponent > smallest_binade ? exponent : smallest_binade;
    }

    float round(float a) const
    {
        const float magic = float_of(binade(a) + magic_offset);
        return (a + magic) - magic;
    }

    /// @pre a ≥ 0
    float saturate(float a) const { return smaller(a, max); }

    /// In integers, whose minima compilers keep as such.
    float saturate_signed(float x) const
    {
        const std::int32_t largest = bits_of(max);
        const std::int32_t magnitude = magnitude_bits(x);
        return with_sign_of(float_of(magnitude < largest ? magnitude : largest), x);
    }

    /// Distance of neighbouring values around a.
    float step(float a) const { return float_of(binade(a) - (mantissa_bits << 23)); }

    std::int32_t smallest_binade;  ///< bits of 2^(1−bias)
    std::int32_t magic_offset;     ///< from a binade's bits to those of 1.5·2²³·step
    float max;
    std::int32_t mantissa_bits;
};

/// Nearest value of the format with the sign of x, saturating; −0 is possible.
inline float round_to(const MinifloatGrid& grid, float x)
{
    return with_sign_of(grid.round(grid.saturate(magnitude_of(x))), x);
}

/// Nearest bfloat16, ties to even, saturating at the largest.
inline float round_to_bf16(float x)
{
    constexpr std::int32_t largest = 0x7F7F0000;
    const std::int32_t rounded = (magnitude_bits(x) + 0x7FFF + ((bits_of(x) >> 16) & 1)) & 0x7FFF0000;
    return with_sign_of(float_of(rounded < largest ? rounded : largest), x);
}

}  // namespace specsweep::quantize
