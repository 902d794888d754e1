#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "quantize/lanes.hpp"
#include "quantize/rounding.hpp"

namespace specsweep::quantize {

/// An integer quantizer up to roundings: ŵ ≈ delta·clamp(RNE(w·inverse), bottom, top).
struct IntegerGrid {
    float inverse;
    float delta;
    float bottom;
    float top;
    float shift;  ///< steps by which the ends of grids of smaller ranges may lie outside those of this one

    /// Neither delta, nor its inverse, nor weights in units of it are near the ends of binary32.
    bool is_moderate(float largest_weight) const
    {
        return delta > 0x1p-100F && delta < 0x1p100F && largest_weight < delta * 0x1p20F;
    }
};

/// Grids that are tried in one pass over the weights.
inline constexpr int grids_at_once = 8;

/// sums[g] = Σ (w·inverse − clamp(RNE(w·inverse), bottom, top))² for each grid, in binary32 with 64 summands at most,
/// whose sums are added in binary64.
template <class L>
void squared_steps(const float* values, std::int64_t n, const IntegerGrid* grids, double* sums)
{
    using Float = typename L::Float;
    std::fill(sums, sums + grids_at_once, 0.0);
    constexpr std::int64_t part = 64 * L::count;
    const std::int64_t whole = n / L::count * L::count;
    for (std::int64_t begin = 0; begin < whole; begin += part) {
        const std::int64_t end = std::min(whole, begin + part);
        for (int g = 0; g < grids_at_once; g += 4) {
            Float partial[4] = {L::zero(), L::zero(), L::zero(), L::zero()};
            for (std::int64_t i = begin; i < end; i += L::count) {
                const Float w = L::load(values + i);
                for (int k = 0; k < 4; ++k) {
                    const Float x = w * L::of(grids[g + k].inverse);
                    const Float q = L::round_small(L::clamped(x, grids[g + k].bottom, grids[g + k].top));
                    partial[k] = partial[k] + (x - q) * (x - q);
                }
            }
            for (int k = 0; k < 4; ++k)
                sums[g + k] += L::sum(partial[k]);
        }
    }
    for (int g = 0; g < grids_at_once; ++g)
        for (std::int64_t i = whole; i < n; ++i) {
            const float x = values[i] * grids[g].inverse;
            const float difference = x - round_small(clamped(x, grids[g].bottom, grids[g].top));
            sums[g] += difference * difference;
        }
}

/// Σ of the squared distances from w·inverse to the ends of the grid, of what lies outside: no grid of a smaller range
/// has less.
inline double squared_steps_outside(const float* values, std::int64_t n, const IntegerGrid& grid)
{
    constexpr std::int64_t lanes = 16;
    const float bottom = grid.bottom - grid.shift;
    const float top = grid.top + grid.shift;
    const auto outside = [=, inverse = grid.inverse](float w) {
        const float x = w * inverse;
        const float difference = x - clamped(x, bottom, top);
        return difference * difference;
    };
    float sums[lanes] = {};
    for (std::int64_t begin = 0; begin + lanes <= n; begin += lanes)
        for (std::int64_t lane = 0; lane < lanes; ++lane)
            sums[lane] += outside(values[begin + lane]);
    double total = 0;
    for (const float sum : sums)
        total += sum;
    for (std::int64_t i = n / lanes * lanes; i < n; ++i)
        total += outside(values[i]);
    return total;
}

/// Bounds of ‖ŵ − w‖ as binary64 has it, from squared_steps() of n weights.
///
/// With t = w/Δ in exact arithmetic, X = max|t| + |bottom| + |top| + 1 and η = X·2⁻²¹: every quotient, product and sum
/// of the quantizer and of squared_steps() is within η/2 of t or of its code. Where both round to the same code, their
/// distances to it differ by η at most; where not, both lie within η of the middle of two codes, and the distances
/// differ by 2η. So norms differ by 2η√n, and by the roundings of the sums, below 2⁻¹⁶ of them.
struct ErrorBounds {
    double low;
    double high;

    ErrorBounds(const IntegerGrid& grid, double sum, double n, float largest_weight)
    {
        const double span = largest_weight / grid.delta + std::abs(grid.bottom) + std::abs(grid.top) + 1;
        const double norm = std::sqrt(sum);
        const double slack = 2 * span * 0x1p-21 * std::sqrt(n) + norm * 0x1p-16;
        low = grid.delta * (norm - slack);
        high = grid.delta * (norm + slack);
    }
};

}  // namespace specsweep::quantize
