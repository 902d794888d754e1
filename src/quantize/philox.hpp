#pragma once

#include <array>
#include <cstdint>

#include "quantize/float_bits.hpp"

namespace specsweep::quantize {

inline constexpr int philox_rounds = 10;
inline constexpr std::array<std::uint32_t, 2> philox_factors = {0xD2511F53U, 0xCD9E8D57U};
inline constexpr std::array<std::uint32_t, 2> philox_weyl = {0x9E3779B9U, 0xBB67AE85U};  ///< added to the key

/// Philox4x32 with ten rounds: 128 random bits as a function of counter and key, so that every element has its own
/// number whatever rank or panel it is in. Source: Salmon, Moraes, Dror & Shaw, SC 2011.
inline std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key)
{
    for (int round = 0; round < philox_rounds; ++round) {
        const std::uint64_t first = std::uint64_t{philox_factors[0]} * counter[0];
        const std::uint64_t second = std::uint64_t{philox_factors[1]} * counter[2];
        counter = {static_cast<std::uint32_t>(second >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(second),
                   static_cast<std::uint32_t>(first >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(first)};
        key[0] += philox_weyl[0];
        key[1] += philox_weyl[1];
    }
    return counter;
}

/// 32 random bits of element `index` under `seed`: the first word of its counter.
inline std::uint32_t random_of_element(std::uint64_t seed, std::uint64_t index)
{
    return philox4x32({static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32), 0, 0},
                      {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)})[0];
}

/// Elements whose numbers are made together.
inline constexpr int random_strip = 16;

/// random_of_element() of elements index … index + 15, by the machine's vector registers.
void random_of_strip(std::uint64_t seed, std::uint64_t index, std::uint32_t* words);

/// Unbiased: a ≥ 0 goes to one of its two neighbours on the grid, up with the probability of its distance from the
/// lower (TransformerEngine's software form, with 32 random bits): t = a/step + u, u = random·2⁻³² in [0, 1), is
/// truncated. It goes up where the fraction of a/step and u reach one; what that makes of the last value of a binade is
/// the first of the next. The sum is one of binary64; all else is exact.
/// @param smallest_binade bits of the power of two that the smallest normal binade starts with (MinifloatGrid)
inline float round_stochastically(float a, std::uint32_t random, std::int32_t smallest_binade, int mantissa_bits)
{
    const std::int32_t exponent = bits_of(a) & 0x7F800000;
    const std::int32_t step_bits = (exponent > smallest_binade ? exponent : smallest_binade) - (mantissa_bits << 23);
    constexpr std::int32_t bits_of_square_of_one = 254 << 23;
    const float steps = a * float_of(bits_of_square_of_one - step_bits);
    const auto whole = static_cast<float>(static_cast<std::int32_t>(steps));
    const double reached = static_cast<double>(steps - whole) + random * 0x1p-32;
    return (whole + (reached >= 1 ? 1.0F : 0.0F)) * float_of(step_bits);
}

}  // namespace specsweep::quantize
