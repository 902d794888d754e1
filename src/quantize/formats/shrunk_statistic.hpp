#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "quantize/block_element.hpp"
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

/// Whether one of a strip of keys is not below `least`.
inline bool any_reaches(const std::int32_t* keys, std::int32_t least)
{
    std::int32_t reached = 0;
    for (int lane = 0; lane < strip; ++lane)
        reached |= keys[lane] >= least ? 1 : 0;
    return reached != 0;
}

/// The k-th largest of the keys. Most of them are ruled out first: of at least 2k groups, k have a maximum that is not
/// below the k-th largest maximum, so neither is the result. @param scratch grows to what it needs
inline std::int32_t kth_largest(const std::vector<std::int32_t>& keys, std::size_t k,
                                std::vector<std::int32_t>& scratch)
{
    const std::size_t n = keys.size();
    const std::size_t groups = std::min(n, (2 * k + strip - 1) / strip * strip);
    scratch.assign(keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(groups));
    for (std::size_t begin = groups; begin < n; begin += groups)
        for (std::size_t i = 0; i < std::min(groups, n - begin); ++i)
            scratch[i] = std::max(scratch[i], keys[begin + i]);
    const auto kth = [k](std::vector<std::int32_t>& values, std::size_t count) {
        const auto at = values.begin() + static_cast<std::ptrdiff_t>(k - 1);
        std::nth_element(values.begin(), at, values.begin() + static_cast<std::ptrdiff_t>(count), std::greater<>());
        return *at;
    };
    const std::int32_t least = kth(scratch, groups);
    if (k == 1)
        return least;  // the largest of the maxima
    scratch.resize(n);
    std::size_t candidates = 0;
    for (std::size_t begin = 0; begin < n; begin += strip) {
        const std::size_t end = std::min(n, begin + strip);
        if (end == begin + strip && !any_reaches(keys.data() + begin, least))
            continue;
        for (std::size_t i = begin; i < end; ++i) {
            scratch[candidates] = keys[i];
            candidates += keys[i] >= least ? 1 : 0;
        }
    }
    return kth(scratch, candidates);
}

/// What percentile_of() works in.
struct PercentileSpace {
    std::vector<std::int32_t> keys;
    std::vector<std::int32_t> scratch;
};

/// The percentile of |w|.
inline void percentile_of(const float* values, std::size_t n, double percent, PercentileSpace& space,
                          AbsoluteMaximum& statistic)
{
    space.keys.resize(n);
    for (std::size_t i = 0; i < n; ++i)
        space.keys[i] = magnitude_bits(values[i]);
    statistic = {kth_largest(space.keys, n + 1 - percentile_rank(n, percent), space.scratch)};
}

/// The percentile of w from above and from below: as many weights lie outside at each end.
inline void percentile_of(const float* values, std::size_t n, double percent, PercentileSpace& space, Range& statistic)
{
    const std::size_t k = n + 1 - percentile_rank(n, percent);
    space.keys.resize(n);
    for (std::size_t i = 0; i < n; ++i)
        space.keys[i] = Range::ordered(values[i]);
    statistic.highest = Range::from_order(kth_largest(space.keys, k, space.scratch));
    for (std::int32_t& key : space.keys)
        key = ~key;  // turns the order
    statistic.lowest = Range::from_order(~kth_largest(space.keys, k, space.scratch));
}

}  // namespace specsweep::quantize
