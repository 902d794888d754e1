#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "quantize/formats/magnitude_levels.hpp"
#include "quantize/formats/shrunk_statistic.hpp"
#include "test_matrices.hpp"

namespace specsweep::quantize {

namespace {

/// The level whose number is the count of thresholds below v.
float by_counting(const MagnitudeLevels& table, float v)
{
    const auto above = std::lower_bound(table.thresholds.begin(), table.thresholds.end(), v);
    return table.levels[static_cast<std::size_t>(above - table.thresholds.begin())];
}

TEST(BucketLookup, FindsTheLevelAroundEveryThresholdAndBetween)
{
    constexpr float infinity = std::numeric_limits<float>::infinity();
    for (const MagnitudeLevels& table : {apot_levels(5), apot_levels(6), apot_levels(7), lloyd_levels(5),
                                         lloyd_levels(8), mulaw_levels(5), mulaw_levels(6), mulaw_levels(8)}) {
        const BucketLookup lookup(table);
        const BucketLookup::View view = lookup.view();
        std::vector<float> probes = {0,     std::numeric_limits<float>::denorm_min(), 1e-30F, 1,
                                     1e30F, std::numeric_limits<float>::max()};
        for (const float threshold : table.thresholds)
            for (float v : {threshold, std::nextafter(threshold, infinity), std::nextafter(threshold, 0.0F)})
                probes.push_back(v);
        std::mt19937 random(5);
        for (int i = 0; i < 20000; ++i)
            probes.push_back(table.levels.back() * static_cast<float>(random()) * 0x1p-31F);
        for (const float v : probes)
            ASSERT_EQ(view.value(v), by_counting(table, v)) << v << " of " << table.levels.size();
    }
}

TEST(Percentile, IsTheElementOfThatRank)
{
    PercentileSpace space;
    for (const std::int64_t n : {1, 2, 15, 16, 17, 100, 384, 5000})
        for (const double percent : {90.0, 97.0, 99.0, 99.9}) {
            TestMatrix matrix = random_matrix(1, n, 9);
            for (std::size_t i = 0; i < matrix.values.size(); i += 3)
                matrix.values[i] = 0.0625F;  // ties
            const auto count = static_cast<std::size_t>(n);
            AbsoluteMaximum magnitude;
            percentile_of(matrix.values.data(), count, percent, space, magnitude);
            Range range;
            percentile_of(matrix.values.data(), count, percent, space, range);
            std::vector<float> sorted = matrix.values;
            std::sort(sorted.begin(), sorted.end());
            const std::size_t rank = percentile_rank(count, percent);
            EXPECT_EQ(range.high(), sorted[rank - 1]) << n << ' ' << percent;
            EXPECT_EQ(range.low(), sorted[count - rank]) << n << ' ' << percent;
            for (float& value : sorted)
                value = std::abs(value);
            std::sort(sorted.begin(), sorted.end());
            EXPECT_EQ(magnitude.value(), sorted[rank - 1]) << n << ' ' << percent;
        }
}

}  // namespace

}  // namespace specsweep::quantize
