#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <vector>

#include "quantize/formats/column_sort.hpp"
#include "quantize/formats/optimal_clusters.hpp"
#include "quantize/vectorised.hpp"

namespace specsweep::quantize {

namespace {

constexpr VectorLevel every_level[] = {VectorLevel::portable, VectorLevel::avx2, VectorLevel::avx512};

std::vector<float> sorted_values(std::size_t count, unsigned seed, const std::function<float(float)>& map)
{
    std::mt19937 random(seed);
    std::normal_distribution<float> normal(0, 0.05F);
    std::vector<float> values(count);
    for (float& value : values)
        value = map(normal(random));
    std::sort(values.begin(), values.end());
    return values;
}

/// Distances squared to the nearest centroid, summed in long double.
long double cost_of(const std::vector<float>& values, std::span<const float> centroids)
{
    long double sum = 0;
    for (const float value : values) {
        long double least = std::numeric_limits<long double>::infinity();
        for (const float centroid : centroids)
            least = std::min(least, std::abs(static_cast<long double>(value) - centroid));
        sum += least * least;
    }
    return sum;
}

/// The least cost of k clusters, by the recurrence over all splits in long double. @param sorted not empty
long double least_cost(const std::vector<float>& sorted, int k)
{
    const std::size_t n = sorted.size();
    std::vector<long double> sum(n + 1, 0);
    std::vector<long double> squares(n + 1, 0);
    for (std::size_t i = 0; i < n; ++i) {
        sum[i + 1] = sum[i] + sorted[i];
        squares[i + 1] = squares[i] + static_cast<long double>(sorted[i]) * sorted[i];
    }
    const auto cost = [&](std::size_t i, std::size_t j) {
        const long double s = sum[j] - sum[i];
        return squares[j] - squares[i] - s * s / static_cast<long double>(j - i);
    };
    std::vector<long double> before(n + 1, std::numeric_limits<long double>::infinity());
    before[0] = 0;
    for (int layer = 0; layer < k; ++layer) {
        std::vector<long double> after = before;  // fewer clusters are allowed
        for (std::size_t j = 1; j <= n; ++j)
            for (std::size_t i = 0; i < j; ++i)
                after[j] = std::min(after[j], before[i] + cost(i, j));
        before.swap(after);
    }
    return before[n];
}

float to_bf16(float x)
{
    return std::ldexp(std::nearbyint(std::ldexp(x, 8 - std::ilogb(x))), std::ilogb(x) - 8);
}

const std::function<float(float)> shapes[] = {
    [](float x) { return x; },
    [](float x) { return to_bf16(x); },
    [](float x) { return std::nearbyint(x * 100) / 4; },  // many equal, many ties
    [](float x) { return std::tan(30 * x); },             // heavy tails
    [](float x) { return x + 10; },                       // sums that cancel
    [](float x) { return std::abs(x) < 0.02F ? 0.0F : x; },
};

TEST(OptimalClusters, ReachTheLeastCostOnEveryVectorLevel)
{
    for (const VectorLevel level : every_level) {
        limit_vector_level(level);
        for (const int clusters : {1, 2, 3, 8, 16, 31}) {
            OptimalClusters optimal(clusters);
            unsigned seed = 0;
            for (const auto& shape : shapes)
                for (const std::size_t count : {1, 5, 17, 64, 300}) {
                    const std::vector<float> values = sorted_values(count, ++seed, shape);
                    const long double least = least_cost(values, clusters);
                    const long double found = cost_of(values, optimal.centroids(values));
                    // Centroids are rounded to binary32, and the search to binary64.
                    const long double largest = std::max(-values.front(), values.back());
                    EXPECT_LE(found, least + static_cast<long double>(count) * largest * largest * 0x1p-40L)
                        << clusters << " of " << count << ", seed " << seed;
                }
        }
    }
    limit_vector_level(VectorLevel::avx512);
}

TEST(OptimalClusters, DoNotDependOnWhatWasAskedBefore)
{
    OptimalClusters used(16);
    for (unsigned seed = 0; seed < 40; ++seed) {
        const std::vector<float> values = sorted_values(20 + 37 * (seed % 11), seed, shapes[seed % 6]);
        OptimalClusters fresh(16);
        const auto expected = fresh.centroids(values);
        const auto found = used.centroids(values);
        EXPECT_TRUE(std::equal(found.begin(), found.end(), expected.begin(), expected.end())) << seed;
    }
}

/// Long sets go through pivots; what is proven must be the same on every level, with different numbers of lanes.
TEST(PenalisedClusters, ProveTheSamePartitionWithAnyNumberOfLanes)
{
    for (const std::size_t count : {100, 384, 2000, 9000})
        for (const int clusters : {3, 8, 16}) {
            ClusterSums sums;
            sums.assign(sorted_values(count, 7, shapes[0]));
            PenalisedClusters search;
            std::vector<std::vector<std::int32_t>> found;
            for (const VectorLevel level : every_level) {
                limit_vector_level(level);
                const auto boundaries = search.boundaries(sums, clusters);
                found.emplace_back(boundaries.begin(), boundaries.end());
                EXPECT_EQ(found.back().size(), static_cast<std::size_t>(clusters)) << count;
                EXPECT_EQ(found.back(), found.front()) << count;
            }
        }
    limit_vector_level(VectorLevel::avx512);
}

TEST(PenalisedClusters, DoNotProveWhatTies)
{
    // 1.5 may join either side: 0, 1 | 1.5, 2, 3 costs as much as its mirror image.
    ClusterSums sums;
    sums.assign(std::vector<float>{0, 1, 1.5, 2, 3});
    EXPECT_TRUE(PenalisedClusters().boundaries(sums, 2).empty());
}

TEST(ClusterSums, BoundTheRoundingOfEveryCost)
{
    for (const auto& shape : shapes) {
        const std::vector<float> values = sorted_values(500, 3, shape);
        ClusterSums sums;
        sums.assign(values);
        std::vector<float> distinct = values;
        distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
        for (std::int32_t first = 0; first < sums.size(); first += 7)
            for (std::int32_t last = first + 1; last <= sums.size(); last += 13) {
                const auto begin =
                    std::lower_bound(values.begin(), values.end(), distinct[static_cast<std::size_t>(first)]);
                const auto end = std::upper_bound(begin, values.end(), distinct[static_cast<std::size_t>(last - 1)]);
                long double mean = 0;
                for (auto value = begin; value != end; ++value)
                    mean += *value;
                mean /= static_cast<long double>(end - begin);
                long double cost = 0;
                for (auto value = begin; value != end; ++value)
                    cost += (*value - mean) * (*value - mean);
                ASSERT_LE(std::abs(sums.cost(first, last) - cost), sums.rounding()) << first << " " << last;
            }
    }
}

TEST(ColumnSort, SortsLikeTheLibrary)
{
    ColumnSort sorter;
    for (const VectorLevel level : every_level) {
        limit_vector_level(level);
        for (const std::size_t length : {1, 2, 3, 16, 100, 384, 1000, 9000})
            for (const std::size_t sets : {1, 2, 9, 16}) {
                std::mt19937 random(static_cast<unsigned>(length + sets));
                std::vector<float> values(length * sets);
                for (float& value : values)
                    value = static_cast<float>(random() % 1000) - 500;
                std::vector<float> expected = values;
                for (std::size_t set = 0; set < sets; ++set)
                    std::sort(expected.data() + set * length, expected.data() + (set + 1) * length);
                sorter.sort(values, static_cast<std::int64_t>(length));
                EXPECT_EQ(values, expected) << length << " x " << sets;
            }
    }
    limit_vector_level(VectorLevel::avx512);
}

}  // namespace

}  // namespace specsweep::quantize
