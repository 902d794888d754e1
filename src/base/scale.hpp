#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

namespace specsweep {

/// x · 2^exponent: the same as std::ldexp, without its call where one product by a normal power of two does it.
inline double scale_by_power(double x, std::int64_t exponent)
{
    constexpr std::int64_t largest = 1023;
    if (exponent < 1 - largest || exponent > largest)
        return std::ldexp(x, static_cast<int>(exponent));
    return x * std::bit_cast<double>(static_cast<std::uint64_t>(exponent + largest) << 52U);
}

}  // namespace specsweep
