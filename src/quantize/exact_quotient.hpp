#pragma once

#include <cstdint>

#include "quantize/float_bits.hpp"

namespace specsweep::quantize {

/// fl(w/Δ) of many weights w by one Δ, without a division each: a vector of divisions takes ten cycles, this takes
/// four.
///
///   r = fl(1/Δ), r + ρ = 1/Δ but for 2⁻⁴⁷        once a block
///   x = fl(w·r + fl(w·ρ))                         one of the two floats around w/Δ, or w/Δ itself
///   fl(x + fl(w − x·Δ)·r) = fl(w/Δ)               fl of sums of products: fused multiply-add; w − x·Δ is exact
///
/// The last line is Markstein's theorem (IBM J. Res. Dev. 34, 1990; Muller et al., Handbook of Floating-Point
/// Arithmetic, 2nd ed., §4.7). Nothing may over- or underflow, which `usable` sees to for quotients from 2⁻⁴² on;
/// smaller ones are off by less than 2⁻¹⁰⁰ and round to zero on every grid.
struct ExactReciprocal {
    float divisor;
    float nearest;  ///< r
    float rest;     ///< ρ

    /// @pre instructions for fused multiply-add: without them this is a slow call of the C library.
    float quotient(float w) const
    {
        const float x = __builtin_fmaf(w, nearest, w * rest);
        const float remainder = __builtin_fmaf(-x, divisor, w);
        return __builtin_fmaf(remainder, nearest, x);
    }
};

/// ExactReciprocal of up to `capacity` divisors.
template <int capacity>
struct ExactReciprocals {
    float nearest[capacity];
    float rest[capacity];
    bool usable;  ///< for all of them

    /// @param magnitude of(i) is max |w| of what is divided by divisors[i].
    template <class Magnitude>
    void prepare(const float* divisors, int count, Magnitude of)
    {
        std::int32_t outside = 0;
        for (int i = 0; i < count; ++i) {
            nearest[i] = 1.0F / divisors[i];
            const double error = 1.0 - static_cast<double>(divisors[i]) * static_cast<double>(nearest[i]);  // exact
            rest[i] = static_cast<float>(error) * nearest[i];
            outside |= (divisors[i] < 0x1p-40F ? 1 : 0) | (divisors[i] > 0x1p40F ? 1 : 0) | (of(i) > 0x1p80F ? 1 : 0);
        }
        usable = outside == 0;
    }

    ExactReciprocal of(const float* divisors, int i) const { return {divisors[i], nearest[i], rest[i]}; }
};

}  // namespace specsweep::quantize
