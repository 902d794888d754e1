#include "base/minifloat.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/half.hpp"

namespace specsweep {

int exponent_floor(double x)
{
    return std::ilogb(x);
}

int exponent_floor(float x)
{
    return std::ilogb(x);
}

double round_saturating(const Minifloat& format, double value)
{
    const double a = std::abs(value);
    if (!(a <= std::numeric_limits<double>::max()))
        return std::isnan(value) ? value : std::copysign(format.max, value);
    if (a == 0)
        return value;
    const int exponent = std::max(exponent_floor(a), 1 - format.bias);
    const double step = std::ldexp(1.0, exponent - format.mantissa_bits);
    const double rounded = std::nearbyint(a / step) * step;  // a / step is exact: a power of two
    return std::copysign(std::min(rounded, format.max), value);
}

double magnitude(const Minifloat& format, int code)
{
    const int exponent = code >> format.mantissa_bits;
    const int mantissa = code & ((1 << format.mantissa_bits) - 1);
    const int significand = exponent == 0 ? mantissa : mantissa + (1 << format.mantissa_bits);
    const double value = std::ldexp(significand, std::max(exponent, 1) - format.bias - format.mantissa_bits);
    return value <= format.max ? value : std::numeric_limits<double>::quiet_NaN();
}

std::uint8_t encode(const Minifloat& format, double value)
{
    const double a = std::abs(value);
    const int sign = std::signbit(value) ? 1 << format.magnitude_bits() : 0;
    if (a == 0)
        return static_cast<std::uint8_t>(sign);
    const int exponent = std::max(exponent_floor(a), 1 - format.bias);
    const int significand = static_cast<int>(std::ldexp(a, format.mantissa_bits - exponent));
    const int hidden = 1 << format.mantissa_bits;
    const int code = significand < hidden ? significand : (exponent + format.bias) * hidden + significand - hidden;
    return static_cast<std::uint8_t>(sign | code);
}

float e4m3_to_float(std::uint8_t bits)
{
    const double value = magnitude(e4m3, bits & 0x7F);
    return static_cast<float>((bits & 0x80) != 0 ? -value : value);
}

float e5m2_to_float(std::uint8_t bits)
{
    return half_to_float(static_cast<std::uint16_t>(bits << 8));  // E5M2 is the upper half of a binary16
}

}  // namespace specsweep
