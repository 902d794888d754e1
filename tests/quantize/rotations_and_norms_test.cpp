#include <gtest/gtest.h>

#include <cmath>

#include "base/error.hpp"
#include "quantize/formats/hadamard.hpp"
#include "test_matrices.hpp"

namespace specsweep::quantize {

namespace {

TestMatrix applied(const Quantizer& quantizer, const TestMatrix& matrix, std::uint64_t seed)
{
    TestMatrix result = matrix;
    TensorStatistics statistics;
    statistics.seed = seed;
    quantizer.apply({matrix.values.data(), 0, matrix.rows, matrix.cols}, result.values.data(), statistics);
    return result;
}

class Rotation : public testing::TestWithParam<int> {};

/// W·Wᵀ keeps every entry, so all singular values stay; rounding to fp32 moves each entry by at most 2⁻²⁴ of it, which
/// ‖row‖‖row'‖·2⁻²² bounds with room for both factors.
TEST_P(Rotation, KeepsTheGramMatrixHenceTheSpectrum)
{
    const TestMatrix matrix = random_matrix(12, 256);
    const TestMatrix rotated = applied(*make_rotation(GetParam(), false), matrix, 5);
    EXPECT_FALSE(same_bits(rotated, matrix));
    const auto dot = [](const TestMatrix& m, std::int64_t a, std::int64_t b) {
        double sum = 0;
        for (std::int64_t c = 0; c < m.cols; ++c)
            sum += static_cast<double>(m.values[static_cast<std::size_t>(a * m.cols + c)]) *
                   m.values[static_cast<std::size_t>(b * m.cols + c)];
        return sum;
    };
    for (std::int64_t a = 0; a < 12; ++a)
        for (std::int64_t b = 0; b < 12; ++b)
            EXPECT_NEAR(dot(rotated, a, b), dot(matrix, a, b),
                        0x1p-22 * std::sqrt(dot(matrix, a, a) * dot(matrix, b, b)));
}

TEST_P(Rotation, IsUndoneByItsInverse)
{
    const TestMatrix matrix = random_matrix(12, 256);
    const TestMatrix back =
        applied(*make_rotation(GetParam(), true), applied(*make_rotation(GetParam(), false), matrix, 5), 5);
    for (std::size_t i = 0; i < matrix.values.size(); ++i)
        EXPECT_NEAR(back.values[i], matrix.values[i], 1e-6);  // a few 2⁻²⁴ of numbers below 0.3
}

INSTANTIATE_TEST_SUITE_P(Sizes, Rotation, testing::Values(16, 128));

TEST(Hadamard, SpreadsAnOutlierOverItsBlock)
{
    TestMatrix matrix{1, 128, std::vector<float>(128, 0.0F)};
    matrix.values[37] = 1;
    for (const float value : applied(*make_rotation(128, false), matrix, 5).values)
        EXPECT_NEAR(std::abs(value), 1 / std::sqrt(128.0), 1e-7);
}

TEST(Hadamard, OfTransformerEngineHasItsSigns)
{
    // Row 0 of diag(s)·H₁₆/4 is s₀/4 times ones; the first column is s/4.
    TestMatrix matrix{16, 16, std::vector<float>(256, 0.0F)};
    for (std::size_t i = 0; i < 16; ++i)
        matrix.values[17 * i] = 1;
    const TestMatrix rotated = applied(*make_rotation(16, false), matrix, 0);
    const float signs[] = {1, 1, 1, -1, 1, -1, -1, -1, -1, -1, -1, 1, -1, 1, -1, -1};
    for (std::size_t i = 0; i < 16; ++i)
        EXPECT_EQ(rotated.values[16 * i], signs[i] / 4);
}

TEST(Hadamard, RefusesRowsThatItDoesNotDivide)
{
    EXPECT_TRUE(make_quantizer("nvfp4:hadamard=128")->refuses(4, 192).has_value());
    EXPECT_FALSE(make_quantizer("nvfp4:hadamard=16")->refuses(4, 192).has_value());
}

TEST(SpectralNorm, PostKeepsTheLargestSingularValue)
{
    const TestMatrix matrix = random_matrix(40, 96);
    for (const char* text : {"int:bits=2,norm=spectral", "mxfp4:norm=spectral", "nf4:norm=spectral"})
        EXPECT_NEAR(spectral_norm(decoded(text, matrix)), spectral_norm(matrix), 1e-5 * spectral_norm(matrix)) << text;
    EXPECT_NE(spectral_norm(decoded("int:bits=2", matrix)), spectral_norm(matrix));
}

/// Scale-equivariant formats do not notice it beyond last bits, formats with power-of-two scales do.
TEST(SpectralNorm, PreChangesPowerOfTwoScalesOnly)
{
    const TestMatrix matrix = random_matrix(40, 96);
    const auto difference = [&](const std::string& text) {
        const TestMatrix plain = decoded(text, matrix);
        const TestMatrix scaled =
            decoded(text + (text.find(':') == text.npos ? ":" : ",") + "norm=spectral-pre", matrix);
        double sum = 0;
        for (std::size_t i = 0; i < plain.values.size(); ++i)
            sum += std::pow(static_cast<double>(plain.values[i]) - scaled.values[i], 2);
        return std::sqrt(sum);
    };
    EXPECT_LT(difference("int:bits=8,block=32"), 2e-2 * difference("mxfp4"));
    EXPECT_GT(difference("mxfp4"), 0.01);
}

TEST(SpectralNorm, IsRefusedWhereTheFormatKeepsItItself)
{
    EXPECT_THROW(canonical_quantizer("binary:alpha=spectral,norm=spectral"), UsageError);
    EXPECT_THROW(canonical_quantizer("nvfp4:hadamard=16,norm=spectral-pre"), UsageError);
    EXPECT_NO_THROW(canonical_quantizer("nvfp4:hadamard=16,norm=spectral"));
}

TEST(Nvfp4, StochasticRoundingIsUnbiasedAndStaysBetweenNeighbours)
{
    // Scale 1 (largest weight 6 in every block): 2.3 lies 0.3 of the way from 2 to 3.
    TestMatrix matrix{100, 1024, std::vector<float>(102400, -2.3F)};
    for (std::size_t i = 0; i < matrix.values.size(); i += 16)
        matrix.values[i] = 6;
    const TestMatrix rounded = decoded("nvfp4:rounding=stochastic", matrix);
    std::int64_t up = 0;
    for (std::size_t i = 0; i < matrix.values.size(); ++i) {
        if (i % 16 == 0)
            continue;
        ASSERT_TRUE(rounded.values[i] == -2 || rounded.values[i] == -3) << rounded.values[i];
        up += rounded.values[i] == -3 ? 1 : 0;
    }
    const double trials = 102400.0 * 15 / 16;
    EXPECT_NEAR(static_cast<double>(up), 0.3 * trials, 6 * std::sqrt(0.21 * trials));  // six standard deviations
}

}  // namespace

}  // namespace specsweep::quantize
