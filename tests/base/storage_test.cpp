#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "base/dtype.hpp"
#include "base/error.hpp"
#include "base/half.hpp"
#include "base/minifloat.hpp"

namespace specsweep {
namespace {

TEST(Half, AllCodesComeBack)
{
    for (std::uint32_t code = 0; code < 0x10000; ++code) {
        const auto bits = static_cast<std::uint16_t>(code);
        const float value = half_to_float(bits);
        if (std::isnan(value))
            EXPECT_TRUE(std::isnan(half_to_float(float_to_half(value))));
        else
            ASSERT_EQ(float_to_half(value), bits) << code;
    }
}

/// Independent arithmetic: sign · significand · 2^exponent by ldexp.
TEST(Half, ValuesAreThoseOfTheDefinition)
{
    for (int code = 0; code < 0x7C00; ++code) {
        const int exponent = code >> 10;
        const int mantissa = code & 0x3FF;
        const double value = exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(mantissa + 1024, exponent - 25);
        ASSERT_EQ(half_to_float(static_cast<std::uint16_t>(code)), static_cast<float>(value));
    }
}

TEST(Half, TiesGoToTheEvenCode)
{
    for (int code = 0; code < 0x7BFF; ++code) {
        const auto low = static_cast<std::uint16_t>(code);
        const auto high = static_cast<std::uint16_t>(code + 1);
        const float middle = static_cast<float>((static_cast<double>(half_to_float(low)) + half_to_float(high)) / 2);
        const std::uint16_t even = code % 2 == 0 ? low : high;
        ASSERT_EQ(float_to_half(middle), even);
        ASSERT_EQ(float_to_half(std::nextafter(middle, 0.0F)), low);
        ASSERT_EQ(float_to_half(std::nextafter(middle, 1e9F)), high);
    }
    EXPECT_EQ(float_to_half(65519.996F), 0x7BFF);
    EXPECT_EQ(float_to_half(65520.0F), 0x7C00);
}

TEST(Bf16, TiesGoToTheEvenCode)
{
    for (std::uint32_t code = 0; code < 0x7F7F; ++code) {
        const auto low = static_cast<std::uint16_t>(code);
        const float middle = std::bit_cast<float>(code << 16 | 0x8000U);
        EXPECT_EQ(float_to_bf16(bf16_to_float(low)), low);
        ASSERT_EQ(float_to_bf16(middle), code % 2 == 0 ? low : low + 1);
    }
}

class MinifloatTest : public testing::TestWithParam<Minifloat> {};

TEST_P(MinifloatTest, RoundsEveryMidpointToTheEvenCode)
{
    const Minifloat format = GetParam();
    for (int code = 0; code + 1 < 1 << format.magnitude_bits(); ++code) {
        const double low = magnitude(format, code);
        const double high = magnitude(format, code + 1);
        if (std::isnan(high))
            break;
        ASSERT_EQ(encode(format, low), code);
        const double middle = (low + high) / 2;
        ASSERT_EQ(round_saturating(format, middle), code % 2 == 0 ? low : high) << code;
        ASSERT_EQ(round_saturating(format, std::nextafter(middle, 0.0)), low);
        ASSERT_EQ(round_saturating(format, -std::nextafter(middle, 1e9)), -high);
    }
}

TEST_P(MinifloatTest, Saturates)
{
    const Minifloat format = GetParam();
    EXPECT_EQ(round_saturating(format, format.max * 1.5), format.max);
    EXPECT_EQ(round_saturating(format, -std::numeric_limits<double>::infinity()), -format.max);
    EXPECT_TRUE(std::signbit(round_saturating(format, -0.0)));
}

INSTANTIATE_TEST_SUITE_P(All, MinifloatTest, testing::Values(e2m1, e2m3, e3m2, e4m3, e5m2));

TEST(Minifloat, E2M1HasItsEightMagnitudes)
{
    const std::array<double, 8> values{0, 0.5, 1, 1.5, 2, 3, 4, 6};
    for (int code = 0; code < 8; ++code)
        EXPECT_EQ(magnitude(e2m1, code), values[static_cast<std::size_t>(code)]);
}

TEST(Minifloat, Fp8BytesHaveTheirSpecials)
{
    EXPECT_EQ(e4m3_to_float(0x7E), 448.0F);
    EXPECT_TRUE(std::isnan(e4m3_to_float(0x7F)));
    EXPECT_EQ(e4m3_to_float(0x01), 0x1p-9F);
    EXPECT_EQ(e5m2_to_float(0x7B), 57344.0F);
    EXPECT_TRUE(std::isinf(e5m2_to_float(0xFC)));
    for (int code = 0; code < 0x7B; ++code)
        EXPECT_EQ(e5m2_to_float(static_cast<std::uint8_t>(code)), static_cast<float>(magnitude(e5m2, code)));
}

TEST(DType, NamesReadBack)
{
    for (const char* text :
         {"BOOL", "F4",  "U8",  "I8",  "F8_E5M2", "F8_E4M3", "F8_E8M0", "I16", "U16",     "F16",
          "BF16", "I32", "U32", "F32", "C64",     "F64",     "I64",     "U64", "F6_E2M3", "F6_E3M2"}) {
        const auto type = parse_dtype(text);
        ASSERT_TRUE(type) << text;
        EXPECT_EQ(name(*type), text);
    }
    EXPECT_FALSE(parse_dtype("bf16"));
}

TEST(Widen, IsExactOrRoundedOnce)
{
    const std::array<double, 3> wide{1.0 + 0x1p-24, 1.0 + 0x1p-24 + 0x1p-40, 1e300};
    const auto stored = std::as_bytes(std::span(wide));
    std::array<float, 3> narrow{};
    widen(DType::f64, stored, narrow);
    EXPECT_EQ(narrow[0], 1.0F);  // a tie, to even
    EXPECT_EQ(narrow[1], 1.0F + 0x1p-23F);
    EXPECT_TRUE(std::isinf(narrow[2]));
    std::array<double, 3> same{};
    widen(DType::f64, stored, same);
    EXPECT_EQ(same, wide);
}

TEST(Widen, RefusesWrongSizesAndTypes)
{
    std::array<std::byte, 4> bytes{};
    std::array<float, 1> out{};
    EXPECT_THROW(widen(DType::bf16, bytes, out), InternalError);
    EXPECT_THROW(widen(DType::i32, bytes, out), InternalError);
}

}  // namespace
}  // namespace specsweep
