#include "quantize/block_statistic.hpp"

#include <gtest/gtest.h>

#include "test_matrices.hpp"

namespace specsweep::quantize {

namespace {

/// As docs/quantizers.md states it, of a tile of two lines.
TEST(SquareSum, AddsEightInterleavedPartialSumsInTheirOrder)
{
    for (const std::int64_t width : {1, 7, 8, 20, 384}) {
        const TestMatrix matrix = random_matrix(2, width);
        double partial[8] = {};
        for (std::size_t i = 0; i < matrix.values.size(); ++i) {
            const double w = matrix.values[i];
            partial[static_cast<std::int64_t>(i) % width % 8] += w * w;
        }
        double sum = 0;
        for (const double lane : partial)
            sum += lane;
        SquareSum statistic;
        statistic.include(matrix.values.data(), width);
        statistic.include(matrix.values.data() + width, width);
        EXPECT_EQ(statistic.mean_square(), sum / static_cast<double>(2 * width)) << width;
    }
}

}  // namespace

}  // namespace specsweep::quantize
