#include "quantize/formats/optimal_clusters.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

namespace specsweep::quantize {

namespace {

/// Prefix sums over sorted distinct values.
struct Prefix {
    std::vector<double> count{0};
    std::vector<double> sum{0};
    std::vector<double> squares{0};

    explicit Prefix(const std::vector<float>& sorted)
    {
        for (std::size_t i = 0; i < sorted.size();) {
            std::size_t end = i;
            while (end < sorted.size() && sorted[end] == sorted[i])
                ++end;
            const double w = sorted[i];
            const auto n = static_cast<double>(end - i);
            count.push_back(count.back() + n);
            sum.push_back(sum.back() + n * w);
            squares.push_back(squares.back() + n * w * w);
            i = end;
        }
    }

    std::int32_t size() const { return static_cast<std::int32_t>(count.size()) - 1; }

    double mean(std::int32_t first, std::int32_t last) const
    {
        return (sum[at(last)] - sum[at(first)]) / (count[at(last)] - count[at(first)]);
    }

    double cost(std::int32_t first, std::int32_t last) const
    {
        const double s = sum[at(last)] - sum[at(first)];
        const double rest = squares[at(last)] - squares[at(first)] - s * s / (count[at(last)] - count[at(first)]);
        return rest > 0 ? rest : 0;
    }

    static std::size_t at(std::int32_t i) { return static_cast<std::size_t>(i); }
};

/// One layer of the recurrence for j in [first, last], whose splits lie in [low, high]. @param last_only only that of
/// the last j is asked for
void fill_layer(const Prefix& prefix, const std::vector<double>& before, std::vector<double>& after,
                std::vector<std::int32_t>& split, std::int32_t first, std::int32_t last, std::int32_t low,
                std::int32_t high, bool last_only)
{
    if (first > last)
        return;
    const std::int32_t middle = first + (last - first) / 2;
    double best = std::numeric_limits<double>::infinity();
    std::int32_t where = low;
    for (std::int32_t i = low; i <= std::min(high, middle - 1); ++i) {
        const double total = before[Prefix::at(i)] + prefix.cost(i, middle);
        if (total < best) {
            best = total;
            where = i;
        }
    }
    after[Prefix::at(middle)] = best;
    split[Prefix::at(middle)] = where;
    if (!last_only)
        fill_layer(prefix, before, after, split, first, middle - 1, low, where, last_only);
    fill_layer(prefix, before, after, split, middle + 1, last, where, high, last_only);
}

}  // namespace

std::vector<float> optimal_centroids(std::span<const float> values, int clusters)
{
    std::vector<float> sorted(values.begin(), values.end());
    std::sort(sorted.begin(), sorted.end());
    const Prefix prefix(sorted);
    const std::int32_t n = prefix.size();
    const std::int32_t k = std::min(n, static_cast<std::int32_t>(clusters));
    if (k == 0)
        return {};

    std::vector<double> before(Prefix::at(n) + 1, 0.0);
    for (std::int32_t j = 1; j <= n; ++j)
        before[Prefix::at(j)] = prefix.cost(0, j);
    std::vector<std::vector<std::int32_t>> splits;
    for (std::int32_t layer = 2; layer <= k; ++layer) {
        std::vector<double> after(before.size(), std::numeric_limits<double>::infinity());
        splits.emplace_back(before.size(), 0);
        fill_layer(prefix, before, after, splits.back(), layer, n, layer - 1, n - 1, layer == k);
        before.swap(after);
    }
    std::vector<float> centroids(Prefix::at(k));
    std::int32_t end = n;
    for (std::int32_t cluster = k; cluster-- > 0;) {
        const std::int32_t begin = cluster == 0 ? 0 : splits[Prefix::at(cluster - 1)][Prefix::at(end)];
        centroids[Prefix::at(cluster)] = static_cast<float>(prefix.mean(begin, end));
        end = begin;
    }
    return centroids;
}

}  // namespace specsweep::quantize
