#include <gtest/gtest.h>

#include <cmath>

#include "test_matrices.hpp"

namespace specsweep::quantize {

namespace {

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

/// Absolute clamps: torchao's and ggml's least scale, AWQ's least range.
TEST(ScaleEquivariance, DoesNotHoldWhereScalesAreClamped)
{
    const TestMatrix matrix = random_matrix(64, 64);
    const TestMatrix small = mapped(matrix, [](float x) { return x * 0x1p-20F; });
    for (const char* text : {"nvfp4:variant=torchao-single", "nvfp4:variant=ggml", "int:block=32,variant=torchao",
                             "int:block=32,scheme=asymmetric,variant=awq", "q8_0"}) {
        const TestMatrix expected = mapped(decoded(text, matrix), [](float x) { return x * 0x1p-20F; });
        EXPECT_FALSE(same_bits(decoded(text, small), expected)) << text;
    }
}

/// Small blocks have subnormal scales, far from the exact ones: their largest code is not always 6.
TEST(Idempotence, DoesNotHoldForNvfp4InGeneral)
{
    TestMatrix matrix = random_matrix(64, 96);
    for (std::int64_t row = 0; row < 64; ++row)
        for (std::int64_t col = 0; col < 96; ++col)
            matrix.values[static_cast<std::size_t>(row * 96 + col)] *= std::ldexp(1.0F, -static_cast<int>(row % 20));
    const TestMatrix once = decoded("nvfp4", matrix);
    EXPECT_FALSE(same_bits(decoded("nvfp4", once), once));
}

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

}  // namespace

}  // namespace specsweep::quantize
