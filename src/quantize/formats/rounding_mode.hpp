#pragma once

#include "quantize/rounding.hpp"

namespace specsweep::quantize {

/// Tie rules of element casts (quantization.md §3.3); half_zero sends ties toward zero, as ggml does; `stochastic` is
/// in philox.hpp.
enum class RoundingMode { even, away, zero, half_zero, stochastic };

/// |x| on the grid, for 0 ≤ a ≤ max. Both corrections are exact: a − r is a multiple of a's last bit.
template <RoundingMode mode>
float round_magnitude(const MinifloatGrid& grid, float a)
{
    const float r = grid.round(a);
    if constexpr (mode == RoundingMode::away) {
        const float step = grid.step(a);
        return a - r == step * 0.5F ? r + step : r;
    }
    if constexpr (mode == RoundingMode::half_zero) {
        const float step = grid.step(a);
        return r - a == step * 0.5F ? r - step : r;
    }
    if constexpr (mode == RoundingMode::zero)
        return r > a ? r - grid.step(a) : r;
    return r;
}

}  // namespace specsweep::quantize
