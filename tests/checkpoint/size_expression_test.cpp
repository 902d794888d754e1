#include "checkpoint/size_expression.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace specsweep::checkpoint {
namespace {

std::optional<std::int64_t> value(std::string_view text)
{
    return SizeExpression::parse(text).value([](const std::string& name) -> std::optional<std::int64_t> {
        if (name == "hidden")
            return 24;
        if (name == "heads")
            return 6;
        if (name == "huge")
            return std::int64_t{1} << 62;
        return std::nullopt;
    });
}

TEST(SizeExpression, Calculates)
{
    EXPECT_EQ(value("7"), 7);
    EXPECT_EQ(value("hidden"), 24);
    EXPECT_EQ(value("4 * hidden"), 96);
    EXPECT_EQ(value("hidden / heads * 2"), 8);
    EXPECT_EQ(value("hidden / (heads * 2)"), 2);
    EXPECT_EQ(value("1 + 2 * 3"), 7);
    EXPECT_EQ(value("(1 + 2) * 3"), 9);
    EXPECT_EQ(value("10 - 3 - 2"), 5);
    EXPECT_EQ(value("  hidden+2 "), 26);
}

TEST(SizeExpression, HasNoValueWhereANameHasNone)
{
    EXPECT_EQ(value("nothing"), std::nullopt);
    EXPECT_EQ(value("2 * nothing + hidden"), std::nullopt);
}

TEST(SizeExpression, RefusesWhatIsNoSize)
{
    EXPECT_THROW(value("hidden / 5"), InputError);
    EXPECT_THROW(value("hidden / 0"), InputError);
    EXPECT_THROW(value("heads - hidden"), InputError);
    EXPECT_THROW(value("huge * 2"), InputError);
    EXPECT_THROW(value("huge + huge"), InputError);
}

TEST(SizeExpression, RefusesWhatIsNoExpression)
{
    for (const char* text :
         {"", " ", "*", "2 *", "2 3", "(2", "2)", "a b", "-2", "2x", "a.b", "99999999999999999999", "a%b"})
        EXPECT_THROW(SizeExpression::parse(text), UsageError) << text;
    EXPECT_THROW(SizeExpression::parse(std::string(10'000, '(') + "1" + std::string(10'000, ')')), UsageError);
    EXPECT_THROW(SizeExpression::parse("1" + std::string(100'000, '+') + "1"), UsageError);
}

TEST(SizeExpression, KnowsItsNames)
{
    EXPECT_EQ(SizeExpression::parse("heads * (head_size + heads) / 2").names(),
              (std::set<std::string>{"head_size", "heads"}));
}

}  // namespace
}  // namespace specsweep::checkpoint
