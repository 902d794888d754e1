#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "quantize/block_statistic.hpp"

namespace specsweep::quantize {

/// The ends of a block times p, each rounded once.
inline AbsoluteMaximum shrunk(const AbsoluteMaximum& block, float p)
{
    return {bits_of(block.value() * p)};
}

inline Range shrunk(const Range& block, float p)
{
    return {block.low() * p, block.high() * p};
}

/// Rank (from 1) of the p-th percentile of n values: ⌈p·n/100⌉, at least 1 (nearest rank, an element of the block).
inline std::size_t percentile_rank(std::size_t n, double percent)
{
    const auto rank = static_cast<std::size_t>(std::ceil(percent * static_cast<double>(n) / 100));
    return std::clamp<std::size_t>(rank, 1, n);
}

/// The percentile of |w|. Reorders `values`.
inline void percentile_of(std::vector<float>& values, double percent, AbsoluteMaximum& statistic)
{
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(percentile_rank(values.size(), percent) - 1);
    std::nth_element(values.begin(), at, values.end(),
                     [](float a, float b) { return magnitude_bits(a) < magnitude_bits(b); });
    statistic = {magnitude_bits(*at)};
}

/// The percentile of w from above and from below: as many weights lie outside at each end.
inline void percentile_of(std::vector<float>& values, double percent, Range& statistic)
{
    const auto rank = static_cast<std::ptrdiff_t>(percentile_rank(values.size(), percent));
    const auto high = values.begin() + (rank - 1);
    std::nth_element(values.begin(), high, values.end());
    statistic.highest = *high;
    const auto low = values.end() - rank;
    std::nth_element(values.begin(), low, values.end());
    statistic.lowest = *low;
}

}  // namespace specsweep::quantize
