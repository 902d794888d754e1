#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "quantize/formats/cluster_sums.hpp"
#include "quantize/formats/penalised_clusters.hpp"

namespace specsweep::quantize {

/// Centroids of the partition of real numbers into at most `clusters` groups with the least sum of squared distances:
/// exact, by dynamic programming over the sorted distinct values, no seed.
///
///   D_k(j) = min_i D_{k−1}(i) + cost(i, j),   cost(i, j) = Σw² − (Σw)²/n of values i … j−1, in binary64
///
/// Split points are monotone in j, so each layer takes O(n log n) by divide and conquer; of equal costs the leftmost
/// split wins. Where PenalisedClusters proves that there is one best partition and that rounding cannot hide it, it is
/// taken from there, in a twentieth of the time: the layers decide where costs tie. Fewer distinct values than
/// clusters: the values themselves. Source: Wang & Song, The R Journal 2011; Aggarwal et al. 1987.
///
/// Keeps its memory, and a guess that saves time, from one set of numbers to the next; the centroids do not depend on
/// it.
class OptimalClusters {
public:
    explicit OptimalClusters(int clusters) : clusters_(clusters) {}

    /// Ascending; valid until the next call.
    std::span<const float> centroids(std::span<const float> sorted);

private:
    std::span<const std::int32_t> boundaries(int clusters);

    int clusters_;
    ClusterSums sums_;
    PenalisedClusters penalised_;
    std::vector<std::int32_t> boundaries_;
    std::vector<float> centroids_;
};

}  // namespace specsweep::quantize
