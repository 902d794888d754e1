#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "quantize/formats/cluster_sums.hpp"

namespace specsweep::quantize {

/// Optimal partitions into k clusters by a price λ a cluster instead of k layers (Lagrange; Aggarwal, Schieber &
/// Tokuyama 1994):
///
///   F(j) = min_{i<j} F(i) + cost(i, j) + λ
///
/// When the path to F(n) has k edges, it is an optimal partition into k clusters: every path of k edges costs at least
/// F(n) − kλ. There is such a λ unless costs tie, as the least cost is convex in k (cost is a Monge array).
///
/// Certificate. Let E bound the rounding of a cost (ClusterSums::rounding()). The computed F satisfies F(j) ≤ F(i) +
/// cost(i, j) + λ + 32·E for all i < j (see the .cpp), and another path of k edges has to enter the first path
/// somewhere from the side. So if at each of its k places j all but the own predecessor lie above F(j) by more than
/// `margin` = 4k(L + 10)E, L = ⌈log2 n⌉ + 1, then every other partition costs more by 4k(L + 0.5)E at least. That is
/// what a layered search by divide and conquer in binary64 may lose (optimal_clusters.cpp): it finds the same one.
class PenalisedClusters {
public:
    /// Boundaries s₁ < … < s_k = size of the one partition into `clusters`, certified as above; empty when none was.
    /// @pre 2 ≤ clusters < sums.size()
    std::span<const std::int32_t> boundaries(const ClusterSums& sums, int clusters);

private:
    template <class Lanes, bool all_distinct>
    friend class PenalisedSearch;

    template <class Search>
    void search(const ClusterSums& sums, int clusters);

    std::vector<double> reciprocal_;   ///< 1/i
    std::vector<double> potential_;    ///< F
    std::vector<double> open_;         ///< F + λ − Σw² so far
    std::vector<double> predecessor_;  ///< where the least was found
    std::vector<std::int32_t> boundaries_;
    double price_ratio_ = 0;  ///< λ of the last partitions over their variance, averaged: the first guess for the next
};

}  // namespace specsweep::quantize
