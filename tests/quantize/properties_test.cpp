#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>

#include "quantize/registry.hpp"
#include "quantize/vectorised.hpp"
#include "reference_vectors.hpp"

namespace specsweep::quantize {

namespace {

TestMatrix random_matrix(std::int64_t rows, std::int64_t cols, unsigned seed = 1)
{
    std::mt19937 random(seed);
    std::normal_distribution<float> normal(0, 0.05F);
    TestMatrix matrix{rows, cols, std::vector<float>(static_cast<std::size_t>(rows * cols))};
    for (float& value : matrix.values)
        value = normal(random);
    return matrix;
}

TestMatrix mapped(const TestMatrix& matrix, float (*map)(float))
{
    TestMatrix result = matrix;
    for (float& value : result.values)
        value = map(value);
    return result;
}

TestMatrix transposed(const TestMatrix& matrix)
{
    TestMatrix result{matrix.cols, matrix.rows, std::vector<float>(matrix.values.size())};
    for (std::int64_t r = 0; r < matrix.rows; ++r)
        for (std::int64_t c = 0; c < matrix.cols; ++c)
            result.values[static_cast<std::size_t>(c * matrix.rows + r)] =
                matrix.values[static_cast<std::size_t>(r * matrix.cols + c)];
    return result;
}

TestMatrix decoded(const std::string& text, const TestMatrix& matrix, std::int64_t panel_rows = 1 << 20)
{
    const auto quantizer = make_quantizer(text);
    const TensorStatistics statistics = statistics_of(matrix.values, matrix.cols);
    TestMatrix result = matrix;
    const std::int64_t alignment = quantizer->row_alignment(matrix.cols);
    const std::int64_t step = (panel_rows + alignment - 1) / alignment * alignment;
    for (std::int64_t row = 0; row < matrix.rows; row += step) {
        const std::int64_t rows = std::min(step, matrix.rows - row);
        quantizer->apply({matrix.values.data() + row * matrix.cols, row, rows, matrix.cols},
                         result.values.data() + row * matrix.cols, statistics);
    }
    return result;
}

bool same_bits(const TestMatrix& a, const TestMatrix& b)
{
    return std::memcmp(a.values.data(), b.values.data(), a.values.size() * sizeof(float)) == 0;
}

/// Every format in several shapes of blocks.
const char* const all_texts[] = {
    "int",
    "int:block=32",
    "int:block=16,bits=8",
    "int:bits=2,block=tensor",
    "int:block=100",
    "int:block=24x40",
    "int:block=64,layout=flat",
    "int:block=32,scale=fp16",
    "int:block=32,scale=bf16",
    "int:block=32,variant=full",
    "int:block=32,variant=gptq",
    "int:block=32,variant=full-maxabs",
    "int:block=32,variant=noclip",
    "int:block=32,variant=reciprocal",
    "int:block=32,variant=torchao",
    "int:block=32,scheme=asymmetric",
    "int:bits=1,block=16,scheme=asymmetric",
    "int:block=32,scheme=asymmetric,variant=awq",
    "int:block=32,scheme=asymmetric,variant=hqq",
    "int:block=32,scheme=asymmetric,variant=compressed-tensors",
    "int:block=32,scheme=asymmetric,variant=torchao",
    "uniform",
    "uniform:block=32",
    "uniform:block=channel,bits=2",
    "nvfp4",
    "nvfp4:block=16x16",
    "nvfp4:block=8",
    "nvfp4:block=tensor",
    "nvfp4:block=channel",
    "nvfp4:variant=te-old",
    "nvfp4:variant=torchao",
    "nvfp4:variant=torchao-single",
    "nvfp4:variant=modelopt",
    "nvfp4:variant=compressed-tensors",
    "nvfp4:variant=vllm",
    "nvfp4:cast=bf16",
    "int:block=32,cast=fp16",
    "mxfp4",
    "mxfp4:rule=rceil",
    "mxfp4:rule=even",
    "mxfp4:rounding=away",
    "mxfp4:rounding=stochastic",
    "mxfp6",
    "mxfp6:element=e2m3,rounding=zero",
    "mxfp8:rule=ceil",
    "mxfp8:element=e5m2,block=64",
    "mxint8",
    "mxint8:rule=div",
    "fp8",
    "fp8:element=e5m2,block=128x128",
    "fp8:block=channel,rule=pow2",
    "fp8:rule=te",
    "bf16",
    "fp16",
    "fp:e=3,m=2",
    "fp:e=2,m=0,block=32",
    "nf4",
    "nf4:layout=rows",
    "nf4:block=128,double=midpoint",
    "nf4:double=lut",
    "af4",
    "bnb-fp4:block=100",
    "binary",
    "binary:alpha=energy,block=channel",
    "ternary",
    "ternary:block=64",
    "log2",
    "log2:bits=8,block=32",
    "apot",
    "apot:bits=7,block=64",
    "lloyd",
    "lloyd:bits=8,block=128",
    "lloyd:block=tensor",
    "mulaw",
    "mulaw:bits=8",
    "q8_0",
    "q4_0",
    "q4_1",
    "q5_0",
    "q5_1",
    "iq4_nl",
    "iq4_nl:search=reference",
    "q4_k",
    "q6_k",
    "nvfp4:select=mae",
    "nvfp4:select=mse,variant=fouroversix,block=16x16",
};

class EveryQuantizer : public testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(Texts, EveryQuantizer, testing::ValuesIn(all_texts), [](const auto& info) {
    std::string name = info.param;
    std::replace_if(
        name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
    return name;
});

/// A number of columns with partial blocks, where the format has such.
std::int64_t odd_columns(const std::string& text)
{
    return make_quantizer(text)->refuses(1, 100) ? 256 : 100;
}

TEST_P(EveryQuantizer, DoesNotDependOnHowRowsAreCutIntoPanels)
{
    const TestMatrix matrix = random_matrix(301, odd_columns(GetParam()));
    const TestMatrix whole = decoded(GetParam(), matrix);
    EXPECT_TRUE(same_bits(decoded(GetParam(), matrix, 1), whole));
    EXPECT_TRUE(same_bits(decoded(GetParam(), matrix, 48), whole));
    EXPECT_TRUE(same_bits(decoded(GetParam(), matrix, 256), whole));
}

TEST_P(EveryQuantizer, GivesTheSameBitsOnEveryVectorLevel)
{
    for (const std::int64_t cols : {1, 7, 16, 100, 512}) {
        if (make_quantizer(GetParam())->refuses(65, cols))
            continue;
        const TestMatrix matrix = random_matrix(65, cols);
        limit_vector_level(VectorLevel::portable);
        const TestMatrix portable = decoded(GetParam(), matrix);
        limit_vector_level(VectorLevel::avx2);
        const TestMatrix avx2 = decoded(GetParam(), matrix);
        limit_vector_level(VectorLevel::avx512);
        EXPECT_TRUE(same_bits(avx2, portable)) << cols;
        EXPECT_TRUE(same_bits(decoded(GetParam(), matrix), portable)) << cols;
    }
}

TEST_P(EveryQuantizer, KeepsTheZeroMatrix)
{
    const std::int64_t cols = odd_columns(GetParam());
    const TestMatrix zero{8, cols, std::vector<float>(static_cast<std::size_t>(8 * cols), 0.0F)};
    EXPECT_TRUE(same_bits(decoded(GetParam(), zero), zero));
    EXPECT_TRUE(same_bits(decoded(GetParam(), mapped(zero, [](float) { return -0.0F; })), zero)) << "-0";
}

TEST_P(EveryQuantizer, NeverMakesNegativeZeroNorNonfiniteValues)
{
    std::mt19937 random(3);
    TestMatrix matrix{64, 256, std::vector<float>(64 * 256)};
    // llama.cpp's searches take third powers of weights in binary32.
    const std::string text = GetParam();
    const int highest = text.find("_k") != text.npos || text.find("iq4") != text.npos ? 36 : 128;
    // Magnitudes from subnormal to nearly the largest float, zeros of both signs; rows of one magnitude each.
    for (std::int64_t row = 0; row < matrix.rows; ++row)
        for (std::int64_t col = 0; col < matrix.cols; ++col) {
            const double unit = static_cast<double>(random()) / 2147483648.0 - 1;
            const double value =
                col % 13 == 0 ? 0.0 : std::ldexp(unit, std::min(highest, static_cast<int>(row * 4 - 140)));
            matrix.values[static_cast<std::size_t>(row * 256 + col)] = static_cast<float>(value * (col % 2 ? 1 : -1));
        }
    const TestMatrix result = decoded(GetParam(), matrix);
    for (std::size_t i = 0; i < result.values.size(); ++i) {
        ASSERT_TRUE(std::isfinite(result.values[i])) << i << ": " << matrix.values[i];
        ASSERT_FALSE(result.values[i] == 0 && std::signbit(result.values[i])) << i << ": " << matrix.values[i];
    }
}

TEST_P(EveryQuantizer, CountsZeroedWeights)
{
    TestMatrix matrix = random_matrix(40, 256);
    matrix.values[5] = 0;
    const auto quantizer = make_quantizer(GetParam());
    std::vector<float> out(matrix.values.size());
    const QuantizationCounts counts =
        quantizer->apply({matrix.values.data(), 0, 40, 256}, out.data(), statistics_of(matrix.values, matrix.cols));
    std::int64_t zeroed = 0;
    for (std::size_t i = 0; i < out.size(); ++i)
        zeroed += matrix.values[i] != 0 && out[i] == 0 ? 1 : 0;
    EXPECT_EQ(counts.zeroed, zeroed);
    EXPECT_LE(counts.clipped, static_cast<std::int64_t>(out.size()));
}

TEST(PartialBlock, HasItsOwnStatistics)
{
    // Columns beyond the last whole block, alone, must come out as in the whole matrix: nothing leaks across.
    for (const std::string text : all_texts) {
        if (text.find("block=32") == std::string::npos && text.find("mx") != 0)
            continue;
        if (text.find("nvfp4") == 0 || text.find("stochastic") != std::string::npos ||
            text.find("64") != std::string::npos)
            continue;
        const TestMatrix matrix = random_matrix(1, 45);
        const TestMatrix tail{1, 13, {matrix.values.begin() + 32, matrix.values.end()}};
        const TestMatrix whole = decoded(text, matrix);
        EXPECT_TRUE(same_bits(decoded(text, tail), {1, 13, {whole.values.begin() + 32, whole.values.end()}})) << text;
    }
}

TEST_P(EveryQuantizer, BitsPerWeightCountScalesOfPartialBlocks)
{
    const auto quantizer = make_quantizer(GetParam());
    EXPECT_GE(quantizer->bits_per_weight(64, 64), 1);
    EXPECT_GE(quantizer->bits_per_weight(64, 65), quantizer->bits_per_weight(6400, 65) - 1e-12);
    EXPECT_LT(quantizer->bits_per_weight(4096, 4096), 33);
}

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

class ScaleEquivariant : public testing::TestWithParam<const char*> {};

TEST_P(ScaleEquivariant, UnderPowersOfTwo)
{
    const TestMatrix matrix = random_matrix(64, 96);
    const TestMatrix scaled = mapped(matrix, [](float x) { return x * 0x1p7F; });
    const TestMatrix expected = mapped(decoded(GetParam(), matrix), [](float x) { return x * 0x1p7F; });
    EXPECT_TRUE(same_bits(decoded(GetParam(), scaled), expected));
}

INSTANTIATE_TEST_SUITE_P(Texts, ScaleEquivariant,
                         testing::Values("int:block=32", "int:bits=8", "int:block=32,scheme=asymmetric", "uniform",
                                         "uniform:block=16", "nvfp4", "nvfp4:block=16x16", "nvfp4:variant=modelopt",
                                         "mxfp4", "mxfp8:rule=rceil", "mxint8:rounding=away", "fp8", "fp:e=3,m=2",
                                         "bf16"));

class SignSymmetric : public testing::TestWithParam<const char*> {};

TEST_P(SignSymmetric, NegatedWeightsGiveNegatedValues)
{
    const TestMatrix matrix = random_matrix(64, 96);
    const TestMatrix negated = mapped(matrix, [](float x) { return -x; });
    const TestMatrix expected = mapped(decoded(GetParam(), matrix), [](float x) { return -x + 0.0F; });
    EXPECT_TRUE(same_bits(decoded(GetParam(), negated), expected));
}

INSTANTIATE_TEST_SUITE_P(Texts, SignSymmetric,
                         testing::Values("int:block=32", "int:bits=8", "uniform", "nvfp4", "nvfp4:block=16x16", "mxfp4",
                                         "mxfp8:rounding=zero", "mxint8", "fp8", "fp16"));

TEST(SignSymmetry, DoesNotHoldForTheFullRange)
{
    const TestMatrix matrix = random_matrix(64, 96);
    const TestMatrix negated = mapped(matrix, [](float x) { return -x; });
    const TestMatrix expected = mapped(decoded("int:block=32,variant=full", matrix), [](float x) { return -x + 0.0F; });
    EXPECT_FALSE(same_bits(decoded("int:block=32,variant=full", negated), expected));
}

class TransposeSymmetric : public testing::TestWithParam<const char*> {};

TEST_P(TransposeSymmetric, SquareTilesDoNotKnowRowsFromColumns)
{
    const TestMatrix matrix = random_matrix(40, 72);
    EXPECT_TRUE(same_bits(decoded(GetParam(), transposed(matrix)), transposed(decoded(GetParam(), matrix))));
}

INSTANTIATE_TEST_SUITE_P(Texts, TransposeSymmetric,
                         testing::Values("nvfp4:block=16x16", "int:block=32x32", "int:block=tensor", "uniform",
                                         "int:block=24x24,scheme=asymmetric"));

TEST(TransposeSymmetry, DoesNotHoldForRuns)
{
    const TestMatrix matrix = random_matrix(64, 64);
    EXPECT_FALSE(same_bits(decoded("nvfp4", transposed(matrix)), transposed(decoded("nvfp4", matrix))));
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

}  // namespace

}  // namespace specsweep::quantize
