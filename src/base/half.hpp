#pragma once

#include <bit>
#include <cstdint>

namespace specsweep {

/// bfloat16: the upper half of a binary32.
constexpr float bf16_to_float(std::uint16_t bits)
{
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

/// Round to nearest, ties to even; NaN stays NaN.
constexpr std::uint16_t float_to_bf16(float value)
{
    const auto bits = std::bit_cast<std::uint32_t>(value);
    if ((bits & 0x7FFFFFFFU) > 0x7F800000U)
        return static_cast<std::uint16_t>(bits >> 16 | 0x40U);
    return static_cast<std::uint16_t>((bits + 0x7FFFU + (bits >> 16 & 1U)) >> 16);
}

/// IEEE binary16, exact; subnormals, infinities and NaN included.
constexpr float half_to_float(std::uint16_t bits)
{
    const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000U) << 16;
    const std::uint32_t exponent = bits >> 10 & 31U;
    const std::uint32_t mantissa = bits & 0x3FFU;
    if (exponent == 31)
        return std::bit_cast<float>(sign | 0x7F800000U | mantissa << 13);
    if (exponent != 0)
        return std::bit_cast<float>(sign | (exponent + 112U) << 23 | mantissa << 13);
    // Subnormal: mantissa · 2^-24 is exact in binary32.
    const float magnitude = static_cast<float>(mantissa) * 0x1p-24F;
    return std::bit_cast<float>(std::bit_cast<std::uint32_t>(magnitude) | sign);
}

/// Round to nearest, ties to even; above 65504 + half a step: infinity, as IEEE says.
constexpr std::uint16_t float_to_half(float value)
{
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const auto sign = static_cast<std::uint16_t>(bits >> 16 & 0x8000U);
    const std::uint32_t magnitude = bits & 0x7FFFFFFFU;
    if (magnitude > 0x7F800000U)
        return static_cast<std::uint16_t>(sign | 0x7E00U);
    if (magnitude >= 0x477FF000U)  // 65520 and above
        return static_cast<std::uint16_t>(sign | 0x7C00U);
    if (magnitude >= 0x38800000U) {  // normal: rebias, round the 13 dropped bits
        const std::uint32_t rebiased = magnitude - 0x38000000U;
        return static_cast<std::uint16_t>(sign | (rebiased + 0xFFFU + (rebiased >> 13 & 1U)) >> 13);
    }
    // Subnormal: adding 2^-1 lets the binary32 adder round to multiples of 2^-24.
    const float rounded = std::bit_cast<float>(magnitude) + 0.5F;
    return static_cast<std::uint16_t>(sign | (std::bit_cast<std::uint32_t>(rounded) - 0x3F000000U));
}

}  // namespace specsweep
