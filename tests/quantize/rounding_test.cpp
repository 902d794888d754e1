#include "quantize/rounding.hpp"

#include <gtest/gtest.h>

#include "test_matrices.hpp"

#include <cmath>
#include <random>

#include "base/half.hpp"
#include "quantize/formats/mx_scheme.hpp"
#include "quantize/philox.hpp"
#include "quantize/vectorised.hpp"

namespace specsweep::quantize {

namespace {

/// Every value of the format, every midpoint between neighbours, and the floats next to both.
std::vector<float> telling_values(const Minifloat& format)
{
    std::vector<float> values = {0, 0x1p-149F, 0x1p-126F, std::numeric_limits<float>::max()};
    double previous = 0;
    for (int code = 0; code < 1 << format.magnitude_bits(); ++code) {
        const double value = magnitude(format, code);
        if (std::isnan(value))
            break;
        for (const double telling : {value, (value + previous) / 2}) {
            const auto exact = static_cast<float>(telling);
            values.insert(values.end(), {exact, std::nextafter(exact, 0.0F), std::nextafter(exact, 1e30F)});
        }
        previous = value;
    }
    return values;
}

TEST(MinifloatGrid, AgreesWithExactArithmeticOnEveryValueAndMidpoint)
{
    for (const Minifloat& format :
         {e2m1, e2m3, e3m2, e4m3, e5m2, Minifloat{3, 0, 3, 16}, Minifloat{5, 10, 15, 65504}}) {
        const MinifloatGrid grid(format);
        for (const float value : telling_values(format)) {
            EXPECT_EQ(round_to(grid, value), round_saturating(format, value)) << value;
            EXPECT_EQ(round_to(grid, -value), round_saturating(format, -static_cast<double>(value))) << value;
        }
    }
}

/// The floats of `fp:e=…,m=…`: bias 2^(e−1) − 1, no codes for infinity or NaN.
TEST(MinifloatGrid, AgreesWithExactArithmeticForEveryCustomFloat)
{
    for (int e = 1; e <= 6; ++e)
        for (int m = 0; m <= 10; ++m) {
            const int bias = (1 << (e - 1)) - 1;
            const Minifloat format{e, m, bias, std::ldexp(2 - std::ldexp(1.0, -m), (1 << e) - 1 - bias)};
            const MinifloatGrid grid(format);
            for (const float value : telling_values(format))
                ASSERT_EQ(round_to(grid, value), round_saturating(format, value)) << e << ' ' << m << ' ' << value;
        }
}

TEST(MinifloatGrid, OtherTieRulesDifferOnlyWhereTheySay)
{
    for (const Minifloat& format : {e2m1, e2m3, e3m2, e4m3, e5m2}) {
        const MinifloatGrid grid(format);
        for (const float value : telling_values(format)) {
            const float a = grid.saturate(value);
            const float even = grid.round(a);
            const float down = round_magnitude<RoundingMode::zero>(grid, a);
            const float up = down == a ? a : down + grid.step(a);
            EXPECT_LE(down, a);
            EXPECT_GT(down + grid.step(a), a);
            const bool tie = a - down == up - a && down != up;
            EXPECT_EQ(round_magnitude<RoundingMode::away>(grid, a), tie ? up : even) << a;
            EXPECT_EQ(round_magnitude<RoundingMode::half_zero>(grid, a), tie ? down : even) << a;
        }
    }
}

TEST(MinifloatGrid, RoundsTheLiteralsOfE2m1)
{
    // pytorch/ao test_kernels.py
    const MinifloatGrid grid(e2m1);
    for (const auto& [x, rounded] : {std::pair{0.25F, 0.0F},
                                     {0.75F, 1.0F},
                                     {1.25F, 1.0F},
                                     {1.75F, 2.0F},
                                     {2.5F, 2.0F},
                                     {3.5F, 4.0F},
                                     {5.0F, 4.0F},
                                     {6.1F, 6.0F}})
        EXPECT_EQ(round_to(grid, x), rounded) << x;
}

TEST(MxExponent, RoundsUpAsTorchaosLiterals)
{
    // torchao/testing/_mxfp8_test_utils.py make_f32_to_e8m0_rceil_cases, finite results
    for (const auto& [bits, byte] : {std::pair{0x00000000, 0},
                                     {0x00000001, 0},
                                     {0x00400000, 0},
                                     {0x00400001, 1},
                                     {0x007FFFFF, 1},
                                     {0x00800000, 1},
                                     {0x1F800000, 63},
                                     {0x1F800001, 64},
                                     {0x3F7FFFFF, 127},
                                     {0x3F800000, 127},
                                     {0x3F800001, 128},
                                     {0x5F800000, 191},
                                     {0x5F800001, 192},
                                     {0x7F000000, 254}})
        EXPECT_EQ(MxExponent::ceil_exponent(float_of(bits)) + 127, byte) << bits;
}

TEST(RoundInteger, AgreesWithNearbyint)
{
    std::mt19937 random(5);
    for (int i = 0; i < 100000; ++i) {
        const float any = float_of(static_cast<std::int32_t>(random()));
        if (!std::isfinite(any))
            continue;
        EXPECT_EQ(round_any(any), std::nearbyint(any)) << any;
        if (std::abs(any) <= 0x1p22F) {
            EXPECT_EQ(round_small(any), std::nearbyint(any)) << any;
        }
    }
    for (float half = -20.5F; half < 21; ++half)
        EXPECT_EQ(round_small(half), std::nearbyint(half));
}

TEST(RoundBf16, AgreesWithBase)
{
    std::mt19937 random(6);
    for (int i = 0; i < 100000; ++i) {
        const float any = float_of(static_cast<std::int32_t>(random()));
        if (std::abs(any) < 0x1.FEp127F) {
            EXPECT_EQ(round_to_bf16(any), bf16_to_float(float_to_bf16(any))) << any;
        }
    }
    EXPECT_EQ(round_to_bf16(std::numeric_limits<float>::max()), 0x1.FEp127F);
}

TEST(Philox, HasTheKnownAnswers)
{
    // Random123 kat_vectors: philox4x32 10.
    using Words = std::array<std::uint32_t, 4>;
    EXPECT_EQ(philox4x32({0, 0, 0, 0}, {0, 0}), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
    EXPECT_EQ(philox4x32({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
              (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
}

TEST(Philox, HasTheSameNumbersSixteenAtATimeOnEveryVectorLevel)
{
    // Counters around the carry into the second word, keys with both words.
    for (const std::uint64_t seed : {0ULL, 1ULL, 0xFEDCBA9876543210ULL})
        for (const std::uint64_t index : {0ULL, 17ULL, 0xFFFFFFF9ULL, 0x123456789ABCDEFULL})
            for (const VectorLevel level : {VectorLevel::portable, VectorLevel::avx2, VectorLevel::avx512}) {
                limit_vector_level(level);
                std::array<std::uint32_t, random_strip> words{};
                random_of_strip(seed, index, words.data());
                limit_vector_level(VectorLevel::avx512);
                for (std::size_t i = 0; i < words.size(); ++i)
                    ASSERT_EQ(words[i], random_of_element(seed, index + i)) << seed << ' ' << index << ' ' << i;
            }
}

/// The definition: a + u·step truncated onto the grid of its own binade, in binary64.
float truncated_sum(float a, std::uint32_t random, int smallest_exponent, int mantissa_bits)
{
    const auto step_of = [&](double x) {
        const int exponent = x == 0 ? smallest_exponent : std::max(std::ilogb(x), smallest_exponent);
        return std::ldexp(1.0, exponent - mantissa_bits);
    };
    const double t = a + random * 0x1p-32 * step_of(a);
    return static_cast<float>(std::floor(t / step_of(t)) * step_of(t));
}

TEST(StochasticRounding, TruncatesTheSumOnItsOwnBinade)
{
    std::mt19937 random(7);
    for (const Minifloat& format : {e2m1, e2m3, e3m2, e4m3, e5m2}) {
        const MinifloatGrid grid(format);
        const int smallest = 1 - format.bias;
        const auto expect_same = [&](float a, std::uint32_t bits) {
            ASSERT_EQ(round_stochastically(a, bits, grid.smallest_binade, format.mantissa_bits),
                      truncated_sum(a, bits, smallest, format.mantissa_bits))
                << a << ' ' << bits;
        };
        for (int i = 0; i < 200000; ++i) {
            const float a = std::ldexp(static_cast<float>(random() >> 8), static_cast<int>(random() % 40) - 50);
            if (a <= grid.max)
                expect_same(a, static_cast<std::uint32_t>(random()));
        }
        // Tiny weights with nearly the largest number: the sum is rounded up to the next value in binary64.
        for (const float factor : {1.0F, 2.0F, 3.0F, 0x1.FFFFFEp-1F, 0x1.FFFFFEp0F, 0x1.FFFFFEp1F, 0x1.FFFFFEp2F})
            for (std::uint32_t below = 0; below < 9; ++below)
                expect_same(factor * 0x1p-32F * std::ldexp(1.0F, smallest - format.mantissa_bits), UINT32_MAX - below);
    }
}

/// Long rows go through loops that leave out what most weights do not need; one weight alone cannot.
TEST(Casts, GiveEveryWeightWhatItGetsAlone)
{
    const float next_to_ends[] = {0.0F,        -0.0F,         0x1p-149F,   -0x1p-134F,      0x1.0002p-134F, 0x1p-126F,
                                  -0x1p-25F,   0x1.8p-25F,    0x1p-24F,    65504,           -65519.996F,    65520,
                                  0x1.FEp127F, 0x1.FEFEp127F, 0x1.FFp127F, -0x1.FFFFFEp127F};
    for (const char* text : {"bf16", "fp16"})
        for (const float special : next_to_ends) {
            TestMatrix matrix = random_matrix(1, 1500);
            matrix.values[1100] = special;
            const TestMatrix whole = decoded(text, matrix);
            for (std::size_t i = 0; i < matrix.values.size(); i += i < 1090 ? 109 : 1) {
                const TestMatrix alone = decoded(text, {1, 1, {matrix.values[i]}});
                ASSERT_TRUE(same_bits(alone, {1, 1, {whole.values[i]}})) << text << " of " << matrix.values[i];
            }
            const auto quantizer = make_quantizer(text);
            std::vector<float> out(1500);
            const auto counts = quantizer->apply({matrix.values.data(), 0, 1, 1500}, out.data(), {});
            const auto counts_alone = quantizer->apply({&special, 0, 1, 1}, out.data(), {});
            EXPECT_EQ(counts.zeroed, counts_alone.zeroed) << text << " of " << special;
            EXPECT_EQ(counts.clipped, counts_alone.clipped) << text << " of " << special;
        }
}

}  // namespace

}  // namespace specsweep::quantize
