#pragma once

#include <cstdint>

namespace specsweep::spectrum {

/// The larger of `largest` and the magnitudes of `count` values.
/// @throws InputError where one is NaN or infinite.
double larger_magnitude(double largest, const double* values, std::int64_t count);

/// The exponent e with 2^(e−1) ≤ largest < 2^e, but at least −1022, so that 2^(−e) is a number.
int scaling_exponent(double largest);

}  // namespace specsweep::spectrum
