#include "quantize/formats/optimal_clusters.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <utility>

#include "quantize/block_statistic.hpp"
#include "quantize/vectorised.hpp"

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

/// The first i of [low, high] for which before[i] + cost(i, end) is least.
struct Split {
    double cost;
    std::int32_t at;
};

Split best_split(const Prefix& prefix, const double* before, std::int32_t end, std::int32_t low, std::int32_t high)
{
    constexpr std::int32_t lanes = 8;
    double best[lanes];
    double where[lanes];
    std::fill(best, best + lanes, std::numeric_limits<double>::infinity());
    std::fill(where, where + lanes, static_cast<double>(low));
    const double* count = prefix.count.data();
    const double* sum = prefix.sum.data();
    const double* squares = prefix.squares.data();
    const auto total_of = [=, n = count[end], s = sum[end], q = squares[end]](std::int32_t i) {
        const double inside = s - sum[i];
        const double rest = q - squares[i] - inside * inside / (n - count[i]);
        return before[i] + (rest > 0 ? rest : 0);
    };
    const std::int32_t whole = low + (high + 1 - low) / lanes * lanes;
    for (std::int32_t i = low; i < whole; i += lanes)
        for (std::int32_t lane = 0; lane < lanes; ++lane) {
            const double total = total_of(i + lane);
            where[lane] = total < best[lane] ? static_cast<double>(i + lane) : where[lane];
            best[lane] = total < best[lane] ? total : best[lane];
        }
    Split found{best[0], static_cast<std::int32_t>(where[0])};
    if (whole > low)
        for (std::int32_t lane = 1; lane < lanes; ++lane) {
            const auto at = static_cast<std::int32_t>(where[lane]);
            if (best[lane] < found.cost || (best[lane] == found.cost && at < found.at))
                found = {best[lane], at};
        }
    for (std::int32_t i = whole; i <= high; ++i) {
        const double total = total_of(i);
        if (total < found.cost)
            found = {total, i};
    }
    return found;
}

/// One layer of the recurrence for j in [first, last]: splits do not fall as j grows, so that the middle one bounds
/// those of both halves. @param last_only only that of j = last is asked for
void fill_layer(const Prefix& prefix, const std::vector<double>& before, std::vector<double>& after,
                std::int32_t* split, std::int32_t first, std::int32_t last, bool last_only)
{
    struct Part {
        std::int32_t first, last, low, high;
    };
    std::array<Part, 64> parts;  // halves of halves: fewer than bits of n wait at a time
    std::size_t waiting = 0;
    parts[waiting++] = {first, last, first - 1, last - 1};
    while (waiting > 0) {
        const Part part = parts[--waiting];
        const std::int32_t middle = part.first + (part.last - part.first) / 2;
        const Split best = best_split(prefix, before.data(), middle, part.low, std::min(part.high, middle - 1));
        after[Prefix::at(middle)] = best.cost;
        split[middle] = best.at;
        if (!last_only && part.first < middle)
            parts[waiting++] = {part.first, middle - 1, part.low, best.at};
        if (middle < part.last)
            parts[waiting++] = {middle + 1, part.last, best.at, part.high};
    }
}

/// Ascending, by bytes of the integers that are ordered like the floats.
void radix_sort(std::vector<float>& values)
{
    constexpr std::size_t buckets = 256;
    std::vector<std::uint32_t> keys(values.size());
    std::vector<std::uint32_t> other(values.size());
    std::array<std::array<std::uint32_t, buckets>, 4> places{};
    for (std::size_t i = 0; i < values.size(); ++i) {
        keys[i] = static_cast<std::uint32_t>(Range::ordered(values[i])) ^ 0x80000000U;
        for (std::size_t byte = 0; byte < 4; ++byte)
            ++places[byte][keys[i] >> 8 * byte & 0xFFU];
    }
    for (std::size_t byte = 0; byte < 4; ++byte) {
        std::uint32_t before = 0;
        for (std::uint32_t& place : places[byte])
            before += std::exchange(place, before);
        for (const std::uint32_t key : keys)
            other[places[byte][key >> 8 * byte & 0xFFU]++] = key;
        keys.swap(other);
    }
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = Range::from_order(static_cast<std::int32_t>(keys[i] ^ 0x80000000U));
}

std::vector<float> centroids_of(const Prefix& prefix, std::int32_t k)
{
    const std::int32_t n = prefix.size();
    std::vector<double> before(Prefix::at(n) + 1, 0.0);
    std::vector<double> after(before.size());
    for (std::int32_t j = 1; j <= n; ++j)
        before[Prefix::at(j)] = prefix.cost(0, j);
    std::vector<std::int32_t> splits(before.size() * Prefix::at(k));
    const auto splits_of = [&](std::int32_t layer) { return splits.data() + before.size() * Prefix::at(layer - 1); };
    for (std::int32_t layer = 2; layer <= k; ++layer) {
        std::fill(after.begin(), after.end(), std::numeric_limits<double>::infinity());
        fill_layer(prefix, before, after, splits_of(layer), layer, n, layer == k);
        before.swap(after);
    }
    std::vector<float> centroids(Prefix::at(k));
    std::int32_t end = n;
    for (std::int32_t layer = k; layer >= 1; --layer) {
        const std::int32_t begin = layer == 1 ? 0 : splits_of(layer)[end];
        centroids[Prefix::at(layer - 1)] = static_cast<float>(prefix.mean(begin, end));
        end = begin;
    }
    return centroids;
}

}  // namespace

std::vector<float> optimal_centroids(std::span<const float> values, int clusters)
{
    std::vector<float> sorted(values.begin(), values.end());
    radix_sort(sorted);
    const Prefix prefix(sorted);
    const std::int32_t k = std::min(prefix.size(), static_cast<std::int32_t>(clusters));
    std::vector<float> centroids;
    if (k > 0)
        run_vectorised([&](auto) { centroids = centroids_of(prefix, k); });
    return centroids;
}

}  // namespace specsweep::quantize
