#include <gtest/gtest.h>

#include <cmath>

#include "base/error.hpp"
#include "test_matrices.hpp"

namespace specsweep::quantize {

namespace {

TEST(BitsPerWeight, AreThoseOfTheSpecification)
{
    const auto bits = [](const char* text, std::int64_t rows = 1024, std::int64_t cols = 1024) {
        return make_quantizer(text)->bits_per_weight(rows, cols);
    };
    EXPECT_DOUBLE_EQ(bits("nvfp4"), 4.5);
    EXPECT_DOUBLE_EQ(bits("nvfp4:block=16x16"), 4.03125);
    EXPECT_DOUBLE_EQ(bits("int:block=32"), 5);
    EXPECT_DOUBLE_EQ(bits("int:block=32,scale=fp16"), 4.5);
    EXPECT_DOUBLE_EQ(bits("int:block=32,scale=fp16,scheme=asymmetric"), 4.625);
    EXPECT_DOUBLE_EQ(bits("int:block=64", 10, 65), 4 + 32 * 2 / 65.0);
    EXPECT_DOUBLE_EQ(bits("int", 10, 64), 4 + 32 / 64.0);
    EXPECT_DOUBLE_EQ(bits("int:block=tensor", 10, 64), 4 + 32 / 640.0);
    EXPECT_DOUBLE_EQ(bits("int:block=64,layout=flat", 10, 65), 4 + 32 * 11 / 650.0);
}

TEST(RowAlignment, KeepsBlocksWhole)
{
    EXPECT_EQ(make_quantizer("int:block=64,layout=flat")->row_alignment(100), 16);
    EXPECT_EQ(make_quantizer("int:block=64,layout=flat")->row_alignment(128), 1);
    EXPECT_EQ(make_quantizer("nvfp4:block=16x16")->row_alignment(100), 16);
    EXPECT_EQ(make_quantizer("nvfp4")->row_alignment(100), 1);
}

TEST(Idempotence, HoldsInTheCodesOfRestrictedIntegers)
{
    const TestMatrix matrix = random_matrix(64, 96);
    for (const char* text : {"int:block=32", "int:bits=8", "int:bits=2,block=16"}) {
        const TestMatrix once = decoded(text, matrix);
        EXPECT_EQ(quantize_traced(text, once).trace.codes, quantize_traced(text, matrix).trace.codes) << text;
    }
}

TEST(Idempotence, HoldsForMxBlocksThatDoNotClip)
{
    const TestMatrix matrix = random_matrix(64, 96);
    for (const char* text : {"mxfp4:rule=rceil", "mxfp8:rule=rceil", "mxfp6:rule=rceil", "mxint8", "bf16", "fp16"}) {
        const TestMatrix once = decoded(text, matrix);
        EXPECT_TRUE(same_bits(decoded(text, once), once)) << text;
    }
}

TEST(Stochastic, IsUnbiasedAndKeyedByElementAndSeed)
{
    // 0.7 of the way from 1 to 1.5 in the grid of E2M1: rounds up in 70 % of the elements.
    TestMatrix matrix{100, 992, std::vector<float>(99200, 1.35F)};
    for (std::size_t i = 0; i < matrix.values.size(); i += 32)
        matrix.values[i] = 4;  // fixes the scale at 1
    const TestMatrix rounded = decoded("mxfp4:rounding=stochastic", matrix);
    std::int64_t up = 0;
    for (std::size_t i = 0; i < matrix.values.size(); ++i) {
        if (i % 32 == 0)
            continue;
        ASSERT_TRUE(rounded.values[i] == 1 || rounded.values[i] == 1.5F);
        up += rounded.values[i] == 1.5F ? 1 : 0;
    }
    const double trials = 99200.0 * 31 / 32;
    // Six standard deviations of a binomial.
    EXPECT_NEAR(static_cast<double>(up), 0.7 * trials, 6 * std::sqrt(0.21 * trials));

    const auto quantizer = make_quantizer("mxfp4:rounding=stochastic");
    TensorStatistics statistics;
    statistics.seed = 1;
    TestMatrix other = matrix;
    quantizer->apply({matrix.values.data(), 0, 100, 992}, other.values.data(), statistics);
    EXPECT_FALSE(same_bits(other, rounded));
}

TEST(Uniform, ErrorIsAtMostHalfAStepAndConstantBlocksStay)
{
    const TestMatrix matrix = random_matrix(64, 96);
    const TracedResult result = quantize_traced("uniform:bits=3", matrix);
    const double delta = result.trace.scales.at(0);
    for (std::size_t i = 0; i < matrix.values.size(); ++i)
        EXPECT_LE(std::abs(static_cast<double>(result.decoded[i]) - matrix.values[i]), delta / 2 * (1 + 0x1p-20));
    const TestMatrix constant{2, 40, std::vector<float>(80, 0.3F)};
    EXPECT_TRUE(same_bits(decoded("uniform", constant), constant));
    EXPECT_TRUE(same_bits(decoded("uniform:block=16", constant), constant));
}

TEST(Clipped, CountsWeightsBeyondTheOutermostLevel)
{
    // b1: Δ = amax/7.5, the largest positive weight lies half a step beyond code 7, the negative one on code −7.5 → −8.
    TestMatrix matrix{1, 16, std::vector<float>(16, 0.1F)};
    matrix.values[3] = 7.5F;
    EXPECT_EQ(quantize_traced("int:block=16,variant=full", matrix).counts.clipped, 1);
    EXPECT_EQ(quantize_traced("int:block=16", matrix).counts.clipped, 0);
    matrix.values[3] = -7.5F;
    EXPECT_EQ(quantize_traced("int:block=16,variant=full", matrix).counts.clipped, 0);
}

TEST(Nvfp4, SmallBlocksBecomeZeroWithoutAFloor)
{
    TestMatrix matrix{1, 32, std::vector<float>(32, 0x1p-20F)};
    matrix.values[0] = 1;
    const TestMatrix te = decoded("nvfp4", matrix);
    const TestMatrix torchao = decoded("nvfp4:variant=torchao", matrix);
    for (std::size_t i = 16; i < 32; ++i) {
        EXPECT_EQ(te.values[i], 0);
        EXPECT_EQ(torchao.values[i], 0);  // the floor 2⁻⁶ is far above too
    }
    for (std::size_t i = 16; i < 32; ++i)
        matrix.values[i] = 0x1p-17F;  // a·448/6/A·6 between half the smallest subnormal of E4M3 and its smallest normal
    EXPECT_NE(decoded("nvfp4", matrix).values[20], 0);
}

TEST(KMeans, IsOptimalAmongAllPartitionsOfSmallSets)
{
    const TestMatrix matrix = random_matrix(20, 9);
    const TestMatrix found = decoded("kmeans:bits=1", matrix);
    for (std::int64_t row = 0; row < 20; ++row) {
        std::vector<double> sorted(matrix.values.begin() + row * 9, matrix.values.begin() + (row + 1) * 9);
        std::sort(sorted.begin(), sorted.end());
        double best = HUGE_VAL;
        for (std::size_t cut = 1; cut < 9; ++cut) {
            double cost = 0;
            for (const auto& [first, last] : {std::pair<std::size_t, std::size_t>{0, cut}, {cut, 9}}) {
                double mean = 0;
                for (std::size_t i = first; i < last; ++i)
                    mean += sorted[i] / static_cast<double>(last - first);
                for (std::size_t i = first; i < last; ++i)
                    cost += (sorted[i] - mean) * (sorted[i] - mean);
            }
            best = std::min(best, cost);
        }
        double cost = 0;
        for (std::size_t i = static_cast<std::size_t>(row * 9); i < static_cast<std::size_t>(row * 9 + 9); ++i)
            cost += std::pow(static_cast<double>(found.values[i]) - matrix.values[i], 2);
        EXPECT_NEAR(cost, best, 1e-6 * best);
    }
}

TEST(KMeans, KeepsMatricesOfFewValues)
{
    TestMatrix matrix = random_matrix(4, 40);
    for (std::size_t i = 0; i < matrix.values.size(); ++i)
        matrix.values[i] = static_cast<float>(i % 4) - 1.25F;
    EXPECT_TRUE(same_bits(decoded("kmeans:bits=2", matrix), matrix));
    EXPECT_TRUE(same_bits(decoded("kmeans:bits=2,block=tensor", matrix), matrix));
}

TEST(Lloyd, LevelsAreTheTabulatedOnes)
{
    // Max 1960, table I; quantization.md §5.5.
    const std::vector<float> two = level_table("lloyd:bits=1");
    EXPECT_NEAR(two.at(1), 0.797885, 1e-6);
    const std::vector<float> sixteen = level_table("lloyd:bits=4");
    const double expected[] = {.128395, .388048, .656759, .94234, 1.256231, 1.618046, 2.069017, 2.73259};
    for (std::size_t i = 0; i < 8; ++i)
        EXPECT_NEAR(sixteen.at(8 + i), expected[i], 1e-5) << i;
}

TEST(Apot, LevelsAreThoseOfTheRepository)
{
    const std::vector<float> levels = level_table("apot");
    const double expected[] = {0, .1, .2, .3, .4, .6, .8, 1};
    for (std::size_t i = 0; i < 8; ++i)
        EXPECT_NEAR(levels.at(7 + i), expected[i], 1e-6) << i;
}

TEST(Nf4, TableIsThatOfBitsandbytes)
{
    const std::vector<float> levels = level_table("nf4");
    EXPECT_EQ(levels.at(1), -0.6961928009986877F);
    EXPECT_EQ(levels.at(14), 0.7229568362236023F);
}

TEST(Binary, SpectralScaleComesFromTheStatistics)
{
    const TestMatrix matrix = random_matrix(8, 16);
    const auto quantizer = make_quantizer("binary:alpha=spectral");
    ASSERT_EQ(quantizer->needs(), StatisticsNeed::sigma_1_of_core);
    ASSERT_NE(quantizer->core(), nullptr);
    TensorStatistics statistics = statistics_of(matrix.values, 16);
    std::vector<float> out(128);
    EXPECT_THROW(quantizer->apply({matrix.values.data(), 0, 8, 16}, out.data(), statistics), NotDefined);
    statistics.sigma_1 = 3;
    statistics.sigma_1_of_core = 4;
    quantizer->apply({matrix.values.data(), 0, 8, 16}, out.data(), statistics);
    for (std::size_t i = 0; i < out.size(); ++i)
        EXPECT_EQ(out[i], matrix.values[i] < 0 ? -0.75F : 0.75F);
}

TEST(Ggml, RefusesRowsThatAreNoMultipleOfTheBlock)
{
    EXPECT_TRUE(make_quantizer("q4_0")->refuses(4, 100).has_value());
    EXPECT_FALSE(make_quantizer("q4_0")->refuses(4, 96).has_value());
    EXPECT_TRUE(make_quantizer("q6_k")->refuses(4, 384).has_value());
    EXPECT_DOUBLE_EQ(make_quantizer("q6_k")->bits_per_weight(4, 256), 6.5625);
    EXPECT_DOUBLE_EQ(make_quantizer("q4_k")->bits_per_weight(4, 256), 4.5);
    EXPECT_DOUBLE_EQ(make_quantizer("iq4_nl")->bits_per_weight(4, 256), 4.5);
}

}  // namespace

}  // namespace specsweep::quantize
