#include "quantize/formats/optimal_clusters.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace specsweep::quantize {

namespace {

constexpr std::size_t at(std::int32_t i)
{
    return static_cast<std::size_t>(i);
}

/// One layer of the recurrence for j in [first, last], whose splits lie in [low, high]. @param last_only only that of
/// the last j is asked for
void fill_layer(const ClusterSums& sums, const std::vector<double>& before, std::vector<double>& after,
                std::vector<std::int32_t>& split, std::int32_t first, std::int32_t last, std::int32_t low,
                std::int32_t high, bool last_only)
{
    if (first > last)
        return;
    const std::int32_t middle = first + (last - first) / 2;
    double best = std::numeric_limits<double>::infinity();
    std::int32_t where = low;
    for (std::int32_t i = low; i <= std::min(high, middle - 1); ++i) {
        const double total = before[at(i)] + sums.cost(i, middle);
        if (total < best) {
            best = total;
            where = i;
        }
    }
    after[at(middle)] = best;
    split[at(middle)] = where;
    if (!last_only)
        fill_layer(sums, before, after, split, first, middle - 1, low, where, last_only);
    fill_layer(sums, before, after, split, middle + 1, last, where, high, last_only);
}

/// s₁ < … < s_k = size, layer by layer. @pre 1 ≤ k ≤ size
std::vector<std::int32_t> layered_boundaries(const ClusterSums& sums, std::int32_t k)
{
    const std::int32_t n = sums.size();
    std::vector<double> before(at(n) + 1, 0.0);
    for (std::int32_t j = 1; j <= n; ++j)
        before[at(j)] = sums.cost(0, j);
    std::vector<std::vector<std::int32_t>> splits;
    for (std::int32_t layer = 2; layer <= k; ++layer) {
        std::vector<double> after(before.size(), std::numeric_limits<double>::infinity());
        splits.emplace_back(before.size(), 0);
        fill_layer(sums, before, after, splits.back(), layer, n, layer - 1, n - 1, layer == k);
        before.swap(after);
    }
    std::vector<std::int32_t> boundaries(at(k), n);
    for (std::int32_t cluster = k - 1; cluster > 0; --cluster)
        boundaries[at(cluster - 1)] = splits[at(cluster - 1)][at(boundaries[at(cluster)])];
    return boundaries;
}

}  // namespace

std::span<const std::int32_t> OptimalClusters::boundaries(int clusters)
{
    if (clusters == sums_.size()) {  // one value each
        boundaries_.resize(at(clusters));
        std::iota(boundaries_.begin(), boundaries_.end(), 1);
        return boundaries_;
    }
    if (clusters > 2) {
        const std::span<const std::int32_t> proven = penalised_.boundaries(sums_, clusters);
        if (!proven.empty())
            return proven;
    }
    boundaries_ = layered_boundaries(sums_, clusters);
    return boundaries_;
}

std::span<const float> OptimalClusters::centroids(std::span<const float> sorted)
{
    sums_.assign(sorted);
    centroids_.clear();
    if (sums_.size() == 0)
        return {};
    std::int32_t begin = 0;
    for (const std::int32_t end : boundaries(std::min(sums_.size(), clusters_))) {
        centroids_.push_back(static_cast<float>(sums_.mean(begin, end)));
        begin = end;
    }
    return centroids_;
}

}  // namespace specsweep::quantize
