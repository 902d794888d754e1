#pragma once

#include <cmath>

#include "linalg/matrix_view.hpp"

namespace specsweep::spectrum {

/// A floating-point result and what its one rounding left out: value + error is exact.
struct ErrorFree {
    double value = 0;
    double error = 0;
};

/// a + b (Knuth, TAOCP 2, §4.2.2, Theorem B). Exact unless the sum overflows.
inline ErrorFree two_sum(double a, double b)
{
    const double sum = a + b;
    const double part = sum - a;
    return {sum, (a - (sum - part)) + (b - part)};
}

/// a · b. Exact unless the product overflows or its error underflows.
inline ErrorFree two_product(double a, double b)
{
    const double product = a * b;
    return {product, std::fma(a, b, -product)};
}

/// Sums of at most 256 products of heads are exact, in any order: 22 + 22 + 8 ≤ 53.
inline constexpr int head_bits = 22;
inline constexpr std::int64_t exact_length = 256;

/// ‖tail‖₂ ≤ 2^(−18) ‖column‖₂ for at most 256 entries: each is at most 2^(e−23) ≤ 2^(−22) max |column|.
inline constexpr double tail_share = 0x1p-18;

/// a = head + tail exactly, column by column: the head, which replaces a, is a multiple of 2^(e − 22) and at most 2^e,
/// 2^e > max |column| ≥ 2^(e−1); |tail| ≤ 2^(e − 23) (Ozaki, Ogita, Oishi & Rump, Numer. Algorithms 59 (2012) 95).
/// Both have at most 256 rows.
inline void split_columns(linalg::MatrixView a, linalg::MatrixView tail)
{
    for (std::int64_t j = 0; j < a.cols; ++j) {
        double* const head = a.column(j);
        double* const rest = tail.column(j);
        double largest = 0;
        for (std::int64_t i = 0; i < a.rows; ++i)
            largest = std::fmax(largest, std::fabs(head[i]));
        int exponent = 0;
        std::frexp(largest, &exponent);
        // The grid of numbers of this size is 2^(e − 22).
        const double anchor = std::ldexp(1.5, exponent + 52 - head_bits);
        for (std::int64_t i = 0; i < a.rows; ++i) {
            const double value = head[i];
            head[i] = (value + anchor) - anchor;
            rest[i] = value - head[i];
        }
    }
}

}  // namespace specsweep::spectrum
