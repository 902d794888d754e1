#pragma once

#include <bit>
#include <cstdint>

namespace specsweep {

/// A float of at most 8 bits without infinities: sign, `exponent_bits`, `mantissa_bits` (quantization.md §0.2).
struct Minifloat {
    int exponent_bits;
    int mantissa_bits;
    int bias;
    double max;  ///< largest finite magnitude

    constexpr int magnitude_bits() const { return exponent_bits + mantissa_bits; }
    /// ⌊log2 max⌋
    constexpr int max_exponent() const { return static_cast<int>(std::bit_cast<std::uint64_t>(max) >> 52) - 1023; }
    friend constexpr bool operator==(const Minifloat&, const Minifloat&) = default;
};

inline constexpr Minifloat e2m1{2, 1, 1, 6.0};
inline constexpr Minifloat e2m3{2, 3, 1, 7.5};
inline constexpr Minifloat e3m2{3, 2, 3, 28.0};
inline constexpr Minifloat e4m3{4, 3, 7, 448.0};     ///< E4M3FN: S.1111.111 is NaN
inline constexpr Minifloat e5m2{5, 2, 15, 57344.0};  ///< exponent 31 is Inf and NaN

/// ⌊log2 x⌋ from the exponent bits, for finite x > 0; exact also next to powers of two and for subnormals.
int exponent_floor(float x);
int exponent_floor(double x);

/// The nearest value of the format, ties to even, saturating at ±max; NaN stays NaN, the sign of zero is kept.
double round_saturating(const Minifloat& format, double value);

/// Magnitude of code `code` (sign bit excluded); NaN for a code above max.
double magnitude(const Minifloat& format, int code);

/// Code of a value that is exactly on the grid, sign bit included.
std::uint8_t encode(const Minifloat& format, double value);

/// Value of a stored E4M3FN or E5M2 byte, specials included; exact.
float e4m3_to_float(std::uint8_t bits);
float e5m2_to_float(std::uint8_t bits);

}  // namespace specsweep
