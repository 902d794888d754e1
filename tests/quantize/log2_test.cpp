#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>

#include "base/error.hpp"
#include "test_matrices.hpp"

namespace specsweep::quantize {

namespace {

/// v = significand·2^exponent with a significand of 24 bits, by integers alone.
struct Exact {
    std::uint64_t significand;
    int exponent;
};

Exact exact(float v)
{
    int exponent = 0;
    const double fraction = std::frexp(static_cast<double>(v), &exponent);
    return {static_cast<std::uint64_t>(std::ldexp(fraction, 24)), exponent - 24};
}

/// k of −log2 v rounded to an integer: v above 2^(−k−½), that is v²·2^(2k+1) > 1.
int nearest_in_logarithm(float v)
{
    const Exact x = exact(v);
    const int k = -(x.exponent + 23);                                // 2^−k ≤ v < 2^(−k+1)
    return x.significand * x.significand > 1ULL << 47U ? k - 1 : k;  // significand·2^−23 > √2
}

/// k of the nearest 2^−k in value, a tie to the smaller magnitude: v above 1.5·2^−k goes up.
int nearest_in_value(float v)
{
    const Exact x = exact(v);
    const int k = -(x.exponent + 23);
    return x.significand > 3ULL << 22U ? k - 1 : k;
}

float expected_level(float v, int bits, int (*nearest)(float))
{
    const int smallest = (1 << (bits - 1)) - 2;
    if (v <= std::ldexp(0.5F, -smallest))
        return 0;
    return std::ldexp(1.0F, -std::min(nearest(v), smallest));
}

/// Numbers that decide: the floats next to all thresholds and levels below one.
std::vector<float> telling_magnitudes(int bits)
{
    std::vector<float> values = {0.0F, 0x1p-149F, 0x1p-126F, 1.0F};
    for (int k = 0; k <= (1 << (bits - 1)); ++k)
        for (const float at : {1.0F, 0.75F, 0x1.6A09E6p-1F}) {
            float near = std::ldexp(at, -k);
            for (int i = 0; i < 3; ++i)
                near = std::nextafter(near, 0.0F);
            for (int i = 0; i < 7; ++i, near = std::nextafter(near, 2.0F))
                if (near <= 1)
                    values.push_back(near);
        }
    return values;
}

void expect_levels(const std::string& text, const std::vector<float>& values, int bits, int (*nearest)(float))
{
    TestMatrix matrix{static_cast<std::int64_t>(values.size()), 2, {}};
    for (const float value : values)
        matrix.values.insert(matrix.values.end(), {1.0F, -value});  // absmax 1, so that v is the value itself
    const TestMatrix result = decoded(text, matrix);
    for (std::size_t i = 0; i < values.size(); ++i)
        ASSERT_EQ(-result.values[2 * i + 1], expected_level(values[i], bits, nearest)) << text << ": " << values[i];
}

TEST(Log2, RoundsAtEveryThresholdAsExactArithmeticDoes)
{
    for (int bits = 2; bits <= 8; ++bits) {
        const std::string text = "log2:bits=" + std::to_string(bits);
        const std::vector<float> values = telling_magnitudes(bits);
        expect_levels(text, values, bits, nearest_in_value);
        expect_levels(text + ",rounding=log", values, bits, nearest_in_logarithm);
    }
}

TEST(Log2, RoundsEveryFloatOfABinadeAsExactArithmeticDoes)
{
    std::vector<float> values;
    for (std::uint32_t significand = 1U << 23U; significand < 1U << 24U; ++significand)
        values.push_back(static_cast<float>(significand) * 0x1p-25F);
    expect_levels("log2:rounding=log", values, 4, nearest_in_logarithm);
    expect_levels("log2", values, 4, nearest_in_value);
}

TEST(Log2, RulesDifferBetweenTheirThresholdsOnly)
{
    const TestMatrix matrix = random_matrix(64, 96);
    const TestMatrix linear = decoded("log2", matrix);
    const TestMatrix logarithmic = decoded("log2:rounding=log", matrix);
    int different = 0;
    for (std::size_t i = 0; i < matrix.values.size(); ++i) {
        if (linear.values[i] == logarithmic.values[i])
            continue;
        ++different;
        EXPECT_EQ(logarithmic.values[i], 2 * linear.values[i]);
        const float ratio = matrix.values[i] / linear.values[i];
        EXPECT_GT(ratio, 0x1.6A09Ep0F);
        EXPECT_LE(ratio, 0x1.80001p0F);
    }
    EXPECT_GT(different, 0);
}

TEST(Log2, DefaultStaysOutOfTheText)
{
    EXPECT_EQ(canonical_quantizer("log2:rounding=linear"), "log2");
    EXPECT_EQ(canonical_quantizer("log2:rounding=log,bits=4"), "log2:rounding=log");
    EXPECT_THROW(canonical_quantizer("log2:rounding=even"), UsageError);
}

}  // namespace

}  // namespace specsweep::quantize
