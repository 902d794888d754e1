#pragma once

#include <cmath>
#include <cstdint>

namespace specsweep::metrics {

/// Random 64-bit words by their place instead of by a state: word(seed, stream, i) is the same whoever asks for it, in
/// any order. SplitMix64's finalizer (Steele, Lea & Flood 2014) over the three numbers.
class CounterRandom {
public:
    CounterRandom(std::uint64_t seed, std::uint64_t stream) : key_(mix(mix(seed + golden) ^ (stream * golden))) {}

    std::uint64_t word(std::uint64_t i) const { return mix(key_ + (i + 1) * golden); }

    /// Uniform in [0, 1): 53 bits.
    double uniform(std::uint64_t i) const { return static_cast<double>(word(i) >> 11) * 0x1p-53; }

    /// Uniform in 0 … bound − 1 (Lemire's product; the bias is below bound·2⁻⁶⁴). @pre 0 < bound < 2³²
    std::uint64_t below(std::uint64_t i, std::uint64_t bound) const
    {
        const std::uint64_t w = word(i);
        return ((w >> 32) * bound + (((w & 0xFFFFFFFFU) * bound) >> 32)) >> 32;
    }

    /// Standard normal, by Box and Muller from words 2i and 2i + 1.
    double normal(std::uint64_t i) const
    {
        constexpr double two_pi = 6.283185307179586476925;
        const double radius = std::sqrt(-2 * std::log(1 - uniform(2 * i)));
        return radius * std::cos(two_pi * uniform(2 * i + 1));
    }

private:
    static constexpr std::uint64_t golden = 0x9E3779B97F4A7C15U;

    static std::uint64_t mix(std::uint64_t z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
        return z ^ (z >> 31);
    }

    std::uint64_t key_;
};

}  // namespace specsweep::metrics
