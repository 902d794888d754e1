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

/// Decoded by the first of the eighty candidates with the least error, in plain arithmetic.
std::vector<float> best_of_grid(const float* weights, std::size_t count, float top)
{
    float amax = 0;
    for (std::size_t i = 0; i < count; ++i)
        amax = std::max(amax, std::abs(weights[i]));
    double least = HUGE_VAL;
    std::vector<float> best;
    for (int step = 0; step < 80; ++step) {
        const float delta = amax * static_cast<float>(1.0 - step / 100.0) / top;
        std::vector<float> decoded;
        double error = 0;
        for (std::size_t i = 0; i < count; ++i) {
            decoded.push_back(std::min(top, std::max(-top, std::nearbyint(weights[i] / delta))) * delta + 0.0F);
            error += std::pow(static_cast<double>(decoded.back()) - weights[i], 2);
        }
        if (error < least) {
            least = error;
            best = decoded;
        }
    }
    return best;
}

TEST(SearchedInteger, MseFindsTheBestOfTheGrid)
{
    for (const int bits : {2, 3, 4, 6, 8})
        for (const std::int64_t width : {16, 32, 100, 384}) {
            const TestMatrix matrix = random_matrix(1, 10 * width, static_cast<unsigned>(bits));
            const TestMatrix found =
                decoded("int:bits=" + std::to_string(bits) + ",block=" + std::to_string(width) + ",search=mse", matrix);
            for (std::int64_t begin = 0; begin < 10 * width; begin += width) {
                const std::vector<float> best =
                    best_of_grid(matrix.values.data() + begin, static_cast<std::size_t>(width),
                                 static_cast<float>((1 << (bits - 1)) - 1));
                EXPECT_TRUE(std::equal(best.begin(), best.end(), found.values.begin() + begin))
                    << bits << " bits, block of " << width << " at " << begin;
            }
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
