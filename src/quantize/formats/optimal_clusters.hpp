#pragma once

#include <span>
#include <vector>

namespace specsweep::quantize {

/// Centroids, ascending, of the partition of real numbers into at most `clusters` groups with the least sum of squared
/// distances: exact, by dynamic programming over the sorted distinct values, no seed.
///
///   D_k(j) = min_i D_{k−1}(i) + cost(i, j),   cost(i, j) = Σw² − (Σw)²/n of values i … j−1, in binary64
///
/// Split points are monotone in j, so each layer takes O(n log n) by divide and conquer; of equal costs the leftmost
/// split wins. Fewer distinct values than clusters: the values themselves. Source: Wang & Song, The R Journal 2011;
/// Aggarwal et al. 1987.
std::vector<float> optimal_centroids(std::span<const float> values, int clusters);

}  // namespace specsweep::quantize
