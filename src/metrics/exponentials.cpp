#include "metrics/exponentials.hpp"

#include <bit>
#include <cstdint>

namespace specsweep::metrics {

namespace {

/// e^x = 2^n · e^r, n = round(x/ln 2), |r| ≤ ln 2/2, e^r by its series to r¹³ (the rest is below 10⁻¹⁷). ln 2 in two
/// parts (Cody & Waite), of which n times the first is exact. Without branches, so that it is done on whole registers.
inline double exponential(double x)
{
    constexpr double log2_e = 1.4426950408889634;
    constexpr double ln2_high = 6.93147180369123816490e-01;
    constexpr double ln2_low = 1.90821492927058770002e-10;
    constexpr double shift = 0x1.8p52;  // adding it rounds to an integer, which stands in the low bits then
    const double bounded = x < -708 ? -708 : x;
    const double shifted = bounded * log2_e + shift;
    const double n = shifted - shift;
    const double r = (bounded - n * ln2_high) - n * ln2_low;
    double series = 1.0 / 6227020800;
    series = series * r + 1.0 / 479001600;
    series = series * r + 1.0 / 39916800;
    series = series * r + 1.0 / 3628800;
    series = series * r + 1.0 / 362880;
    series = series * r + 1.0 / 40320;
    series = series * r + 1.0 / 5040;
    series = series * r + 1.0 / 720;
    series = series * r + 1.0 / 120;
    series = series * r + 1.0 / 24;
    series = series * r + 1.0 / 6;
    series = series * r + 0.5;
    series = series * r + 1;
    series = series * r + 1;
    const std::uint64_t power = (std::bit_cast<std::uint64_t>(shifted) + 1023) << 52U;
    const double value = series * std::bit_cast<double>(power);
    return x < -708 ? 0 : value;
}

}  // namespace

#if defined(__x86_64__)
__attribute__((target_clones("avx2", "default")))
#endif
void exponentials(std::span<double> values)
{
    for (double& value : values)
        value = exponential(value);
}

}  // namespace specsweep::metrics
