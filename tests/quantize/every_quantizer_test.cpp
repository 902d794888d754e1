#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <map>
#include <random>
#include <span>
#include <string>

#include "quantize/vectorised.hpp"
#include "support/fnv1a.hpp"
#include "test_matrices.hpp"

namespace specsweep::quantize {

namespace {

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
    "nvfp4:variant=ggml",
    "nvfp4:rounding=stochastic",
    "nvfp4:rounding=stochastic,variant=modelopt",
    "nvfp4:hadamard=16",
    "nvfp4:block=16x16,hadamard=128,rounding=stochastic",
    "nvfp4:norm=spectral",
    "mxfp4:norm=spectral-pre",
    "int:block=32,cast=bf16,norm=spectral",
    "binary:alpha=spectral",
    "ternary:norm=spectral-pre",
    "int:block=32,search=mse",
    "int:block=16,scheme=asymmetric,search=mse",
    "int:bits=3,search=percentile",
    "int:block=64,layout=flat,percentile=90,search=percentile",
    "int:block=tensor,scheme=asymmetric,search=percentile",
    "int:block=24x40,search=mse,variant=full",
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
    "log2:rounding=log",
    "log2:bits=3,block=32,rounding=log",
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
    "kmeans",
    "kmeans:bits=2,block=64",
    "kmeans:block=tensor",
    "mxfp4:rounding=half-zero",
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

/// Weights by integer arithmetic alone: no library function rounds differently elsewhere.
TestMatrix recorded_input(std::int64_t rows, std::int64_t cols)
{
    TestMatrix matrix{rows, cols, std::vector<float>(static_cast<std::size_t>(rows * cols))};
    std::uint64_t state = 1;
    for (float& value : matrix.values) {
        std::int64_t sum = 0;  // of four: bell-shaped
        for (int i = 0; i < 4; ++i) {
            state = state * 6364136223846793005U + 1442695040888963407U;
            sum += static_cast<std::int64_t>(state >> 44U) - (1 << 19);
        }
        value = static_cast<float>(sum) * 0x1p-24F;
    }
    return matrix;
}

constexpr const char* recorded_file = SPECSWEEP_SOURCE_DIR "/tests/quantize/recorded_bits.txt";

std::map<std::string, std::string> recorded_bits()
{
    std::map<std::string, std::string> found;
    std::ifstream file(recorded_file);
    for (std::string text, hash; file >> text >> hash;)
        found[text] = hash;
    return found;
}

/// The same bits from every compiler, with every flag and on every machine: recorded once, checked by the release and
/// the sanitizer build. SPECSWEEP_UPDATE_GOLDEN=1 records what is new or was changed on purpose.
TEST_P(EveryQuantizer, GivesTheRecordedBits)
{
    const TestMatrix matrix = recorded_input(64, odd_columns(GetParam()));
    const std::string hash = fnv1a64_hex(std::span<const float>(decoded(GetParam(), matrix).values));
    std::map<std::string, std::string> recorded = recorded_bits();
    if (std::getenv("SPECSWEEP_UPDATE_GOLDEN") == nullptr) {
        EXPECT_EQ(hash, recorded[GetParam()]);
        return;
    }
    recorded[GetParam()] = hash;
    std::ofstream file(recorded_file);
    for (const auto& [text, value] : recorded)
        file << text << ' ' << value << '\n';
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

/// Weights up to the largest float: what overflows saturates.
TEST_P(EveryQuantizer, StaysFiniteNextToTheLargestFloat)
{
    const std::string text = GetParam();
    if (text.find("_k") != text.npos || text.find("iq4") != text.npos || text.find("norm") != text.npos ||
        text.find("spectral") != text.npos)
        GTEST_SKIP() << "sums of powers overflow, in llama.cpp too; norms of such a matrix are no floats";
    TestMatrix matrix = random_matrix(64, 256);
    float largest = 0;
    for (const float value : matrix.values)
        largest = std::max(largest, std::abs(value));
    for (float& value : matrix.values)
        value = value / largest * std::numeric_limits<float>::max();
    const TestMatrix result = decoded(text, matrix);
    for (std::size_t i = 0; i < result.values.size(); ++i)
        ASSERT_TRUE(std::isfinite(result.values[i])) << i << ": " << matrix.values[i];
}

TEST_P(EveryQuantizer, CountsZeroedWeights)
{
    TestMatrix matrix = random_matrix(40, 256);
    matrix.values[5] = 0;
    const auto quantizer = make_quantizer(GetParam());
    std::vector<float> out(matrix.values.size());
    const QuantizationCounts counts =
        quantizer->apply({matrix.values.data(), 0, 40, 256}, out.data(), statistics_for(*quantizer, matrix));
    if (quantizer->transform() != nullptr)
        return;  // counted on the rotated weights
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
            text.find("64") != std::string::npos || text.find("norm") != std::string::npos)
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

}  // namespace

}  // namespace specsweep::quantize
