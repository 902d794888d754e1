#pragma once

#include <array>
#include <bit>
#include <cstdint>

namespace specsweep::quantize {

/// Philox4x32 with ten rounds: 128 random bits as a function of counter and key, so that every element has its own
/// number whatever rank or panel it is in. Source: Salmon, Moraes, Dror & Shaw, SC 2011.
inline std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key)
{
    for (int round = 0; round < 10; ++round) {
        const std::uint64_t first = std::uint64_t{0xD2511F53U} * counter[0];
        const std::uint64_t second = std::uint64_t{0xCD9E8D57U} * counter[2];
        counter = {static_cast<std::uint32_t>(second >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(second),
                   static_cast<std::uint32_t>(first >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(first)};
        key[0] += 0x9E3779B9U;
        key[1] += 0xBB67AE85U;
    }
    return counter;
}

/// Uniform in [0, 1), 32 bits, of element `index` under `seed`.
inline double uniform_of_element(std::uint64_t seed, std::uint64_t index)
{
    const auto random = philox4x32({static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32), 0, 0},
                                   {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)});
    return random[0] * 0x1p-32;
}

/// Unbiased: |x| goes to one of its two neighbours on the grid, up with the probability of its distance from the lower.
/// t = a + u·step is truncated onto the grid of its own binade (TransformerEngine's software form, with 32 bits of u).
inline float round_stochastically(double a, double u, int smallest_exponent, int mantissa_bits)
{
    const auto exponent_of = [smallest_exponent](double x) {
        const int exponent = static_cast<int>(std::bit_cast<std::uint64_t>(x) >> 52) - 1023;
        return exponent > smallest_exponent ? exponent : smallest_exponent;
    };
    const auto power = [](int exponent) {
        return std::bit_cast<double>(static_cast<std::uint64_t>(exponent + 1023) << 52);
    };
    const double t = a + u * power(exponent_of(a) - mantissa_bits);
    const double step = power(exponent_of(t) - mantissa_bits);
    return static_cast<float>(static_cast<double>(static_cast<std::int64_t>(t / step)) * step);
}

}  // namespace specsweep::quantize
