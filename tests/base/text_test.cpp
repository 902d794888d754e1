#include "base/text.hpp"

#include <gtest/gtest.h>

#include <array>
#include <limits>

namespace specsweep {
namespace {

TEST(Glob, MatchesAsAShellDoes)
{
    EXPECT_TRUE(glob_match("*", ""));
    EXPECT_TRUE(glob_match("*lm_head*", "model.lm_head.weight"));
    EXPECT_TRUE(glob_match("h.?.mlp*", "h.3.mlp.c_fc"));
    EXPECT_TRUE(glob_match("a*b*c", "aXXbYbZc"));
    EXPECT_FALSE(glob_match("a*b*c", "aXXbYbZ"));
    EXPECT_FALSE(glob_match("?", ""));
    EXPECT_FALSE(glob_match("", "a"));
}

TEST(NearestName, FindsWhatWasMeant)
{
    const std::array<std::string, 3> known{"quantizers", "checkpoints", "matrices"};
    EXPECT_EQ(nearest_name("quantisers", known), "quantizers");
    EXPECT_EQ(nearest_name("matricse", known), "matrices");
    EXPECT_EQ(nearest_name("MATRICES", known), "matrices");
    EXPECT_FALSE(nearest_name("zzz", known));
}

TEST(Numbers, AreReadStrictly)
{
    EXPECT_EQ(parse_integer("-12"), -12);
    EXPECT_FALSE(parse_integer("12a"));
    EXPECT_FALSE(parse_integer(""));
    EXPECT_FALSE(parse_integer("99999999999999999999"));
    EXPECT_EQ(parse_double("1e-4"), 1e-4);
    EXPECT_FALSE(parse_double("1e-4 "));
}

TEST(Numbers, AreWrittenForPeople)
{
    EXPECT_EQ(format_count(1234567), "1,234,567");
    EXPECT_EQ(format_count(-1000), "-1,000");
    EXPECT_EQ(format_count(999), "999");
    EXPECT_EQ(format_bytes(1536), "1.5 kB");
    EXPECT_EQ(format_seconds(3723), "1 h 02 min");
    EXPECT_EQ(format_seconds(125), "2 min 05 s");
}

TEST(ShortestDouble, ReadsBackAsTheSameNumber)
{
    for (const double value : {0.1, 1.0 / 3, 5e-324, 1.7976931348623157e308, -0.0})
        EXPECT_EQ(parse_double(shortest_double(value)), value);
    EXPECT_EQ(shortest_double(std::numeric_limits<double>::infinity()), "inf");
}

TEST(Utf8, IsWhatTheStandardSays)
{
    EXPECT_TRUE(is_utf8("µ σ₁ 漢 😀"));
    EXPECT_FALSE(is_utf8("\xC0\x80"));          // overlong
    EXPECT_FALSE(is_utf8("\xED\xA0\x80"));      // surrogate
    EXPECT_FALSE(is_utf8("\xF4\x90\x80\x80"));  // beyond U+10FFFF
    EXPECT_FALSE(is_utf8("a\xE2\x82"));         // cut off
}

}  // namespace
}  // namespace specsweep
