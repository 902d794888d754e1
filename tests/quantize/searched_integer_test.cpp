#include <gtest/gtest.h>

#include <cmath>

#include "test_matrices.hpp"

namespace specsweep::quantize {

namespace {

double squared_error(const TestMatrix& a, const TestMatrix& b, std::size_t begin, std::size_t end)
{
    double sum = 0;
    for (std::size_t i = begin; i < end; ++i)
        sum += std::pow(static_cast<double>(a.values[i]) - b.values[i], 2);
    return sum;
}

TEST(SearchedInteger, MseFindsTheBestOfTheGrid)
{
    const TestMatrix matrix = random_matrix(16, 64);
    const TestMatrix found = decoded("int:bits=3,block=32,search=mse", matrix);
    for (std::size_t begin = 0; begin < matrix.values.size(); begin += 32) {
        float amax = 0;
        for (std::size_t i = begin; i < begin + 32; ++i)
            amax = std::max(amax, std::abs(matrix.values[i]));
        double best = HUGE_VAL;
        for (int step = 0; step < 80; ++step) {
            const float delta = amax * static_cast<float>(1.0 - step / 100.0) / 3.0F;
            double error = 0;
            for (std::size_t i = begin; i < begin + 32; ++i) {
                const float q = std::min(3.0F, std::max(-3.0F, std::nearbyint(matrix.values[i] / delta)));
                error += std::pow(static_cast<double>(q * delta) - matrix.values[i], 2);
            }
            best = std::min(best, error);
        }
        EXPECT_NEAR(squared_error(found, matrix, begin, begin + 32), best, 1e-12 * best);
    }
}

TEST(SearchedInteger, MseIsNeverWorseThanAbsmaxAndBetterSomewhere)
{
    const TestMatrix matrix = random_matrix(32, 128);
    for (const std::string text :
         {"int:bits=2,block=64", "int:block=64,scheme=asymmetric", "int:block=128,variant=full", "int:bits=3"}) {
        const double plain = squared_error(decoded(text, matrix), matrix, 0, matrix.values.size());
        const double searched = squared_error(decoded(text + ",search=mse", matrix), matrix, 0, matrix.values.size());
        EXPECT_LT(searched, plain) << text;
    }
}

TEST(SearchedInteger, PercentileEndsTheRangeAtAWeightOfThatRank)
{
    TestMatrix matrix{1, 100, std::vector<float>(100)};
    for (std::size_t i = 0; i < 100; ++i)
        matrix.values[i] = static_cast<float>(i + 1) * (i % 2 == 0 ? 1.0F : -1.0F);
    // Of 100 magnitudes 1 … 100 the 90th percentile is 90; Δ = 90/127.
    const TracedResult result = quantize_traced("int:bits=8,percentile=90,search=percentile", matrix);
    EXPECT_EQ(result.trace.scales.at(0), 90.0F / 127.0F);
    EXPECT_EQ(result.counts.clipped, 10);
    // Signed: 99, 97 … and −100, −98 …: ten lie above 81, ten below −82.
    const TracedResult asymmetric =
        quantize_traced("int:bits=8,percentile=90,scheme=asymmetric,search=percentile", matrix);
    EXPECT_EQ(asymmetric.trace.scales.at(0), (79.0F + 80.0F) / 255.0F);
}

TEST(SearchedInteger, AHighPercentileOfASmallBlockIsItsMaximum)
{
    const TestMatrix matrix = random_matrix(8, 64);
    EXPECT_TRUE(same_bits(decoded("int:block=32,search=percentile", matrix), decoded("int:block=32", matrix)));
}

}  // namespace

}  // namespace specsweep::quantize
