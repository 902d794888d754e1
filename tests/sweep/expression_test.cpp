#include "sweep/expression.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "base/error.hpp"

namespace specsweep::sweep {
namespace {

using testing::HasSubstr;

class ExpressionTest : public testing::Test {
protected:
    ExpressionTest()
    {
        set("rows", 3072.0);
        set("cols", 768.0);
        set("role", std::string_view("mlp_up"));
        set("matrix", std::string_view("h.0.mlp.c_fc.weight"));
        set("format", std::string_view("int"));
        set("bits", 2.0);
        set("block", 64.0);
        set("scheme", std::string_view("symmetric"));
    }

    void set(std::string_view name, FieldValue value)
    {
        row.resize(fields.size());
        row[fields.find(name).value()] = value;
    }

    bool holds(std::string_view text) const
    {
        return Expression::parse(text, fields, Expression::Result::condition).holds(row);
    }

    FieldValue value(std::string_view text) const
    {
        static std::vector<Expression> kept;
        kept.push_back(Expression::parse(text, fields, Expression::Result::value));
        return kept.back().evaluate(row);
    }

    std::string problem(std::string_view text, Expression::Result result = Expression::Result::condition) const
    {
        try {
            Expression::parse(text, fields, result);
        } catch (const UsageError& error) {
            return error.what();
        }
        return "accepted";
    }

    FieldCatalogue fields = FieldCatalogue::builtin();
    std::vector<FieldValue> row;
};

TEST_F(ExpressionTest, TheExampleOfTheInterface)
{
    const std::string rule = "format == int and bits == 2 and block > 64";
    EXPECT_FALSE(holds(rule));
    set("block", 128.0);
    EXPECT_TRUE(holds(rule));
    set("bits", 4.0);
    EXPECT_FALSE(holds(rule));
}

TEST_F(ExpressionTest, PrecedenceIsOrAndNotComparisonSumProduct)
{
    EXPECT_TRUE(holds("bits == 2 or bits == 3 and block == 1"));
    EXPECT_FALSE(holds("(bits == 2 or bits == 3) and block == 1"));
    EXPECT_TRUE(holds("not bits == 3 and block == 64"));
    EXPECT_TRUE(holds("bits + 2 * 3 == 8"));
    EXPECT_TRUE(holds("-bits + 4 == 2"));
    EXPECT_TRUE(holds("10 - 3 - 2 == 5"));
    EXPECT_TRUE(holds("2 - -2 == 4"));
}

TEST_F(ExpressionTest, Arithmetic)
{
    EXPECT_EQ(std::get<double>(value("cols / block")), 12);
    EXPECT_EQ(std::get<double>(value("rows % 100")), 72);
    EXPECT_EQ(std::get<double>(value("rows // 100")), 30);
    EXPECT_EQ(std::get<double>(value("(rows + cols) * 0.5e1")), 19200);
    EXPECT_TRUE(std::holds_alternative<std::monostate>(value("rows / (bits - 2)")));
}

TEST_F(ExpressionTest, WordsAndQuotedTextsMeanTheSame)
{
    EXPECT_TRUE(holds("role == mlp_up"));
    EXPECT_TRUE(holds("mlp_up == role"));
    EXPECT_TRUE(holds("role == 'mlp_up'"));
    EXPECT_TRUE(holds("role == \"mlp_up\""));
    EXPECT_TRUE(holds("scheme != asymmetric"));
}

TEST_F(ExpressionTest, BlocksOfOneRowAreNumbers)
{
    EXPECT_TRUE(holds("block == 1x64"));
    EXPECT_TRUE(holds("block < 1x65"));
    set("block", std::string_view("16x16"));
    EXPECT_TRUE(holds("block == 16x16"));
    EXPECT_FALSE(holds("block > 1"));
    set("block", std::string_view("channel"));
    EXPECT_TRUE(holds("block == channel"));
    EXPECT_TRUE(holds("block != 64"));
}

TEST_F(ExpressionTest, Membership)
{
    EXPECT_TRUE(holds("bits in [2, 3]"));
    EXPECT_FALSE(holds("bits in [3, 4 + 1]"));
    EXPECT_TRUE(holds("role in [mlp_gate, mlp_up]"));
    EXPECT_TRUE(holds("not role in [mlp_gate]"));
}

TEST_F(ExpressionTest, Patterns)
{
    EXPECT_TRUE(holds("matrix like '*mlp*'"));
    EXPECT_FALSE(holds("matrix like '*attn*'"));
    EXPECT_THAT(problem("matrix like mlp"), HasSubstr("a pattern in quotes"));
    EXPECT_THAT(problem("rows like '3*'"), HasSubstr("only a text"));
}

TEST_F(ExpressionTest, AFieldThatThePointLacksMakesEveryComparisonFalse)
{
    for (const char* rule : {"step == 3", "step != 3", "step < 3", "step >= 3", "step in [3]", "step + 1 == 4",
                             "not (step == 3) and step != 3"})
        EXPECT_FALSE(holds(rule)) << rule;
    EXPECT_TRUE(holds("not step == 3"));
}

TEST_F(ExpressionTest, NamesTheFieldItDoesNotKnowAndTheNearest)
{
    EXPECT_THAT(problem("formt == int"), AllOf(HasSubstr("'formt' is not a field"), HasSubstr("'format'")));
    EXPECT_THAT(problem("rows > colss"), HasSubstr("'cols'"));
    EXPECT_THAT(problem("cols-rows > 1"), AllOf(HasSubstr("blanks around '-'"), HasSubstr("at character 1")));
}

TEST_F(ExpressionTest, KnowsWhatAFieldCanBe)
{
    EXPECT_THAT(problem("role == mlp_upp"), AllOf(HasSubstr("'role' is never 'mlp_upp'"), HasSubstr("'mlp_up'")));
    EXPECT_THAT(problem("format in [int, nvfp5]"), HasSubstr("'format' is never 'nvfp5'"));
    EXPECT_THAT(problem("bits == four"), HasSubstr("'bits' is a number"));
    EXPECT_THAT(problem("role < mlp_up"), HasSubstr("texts have no order"));
}

TEST_F(ExpressionTest, SyntaxErrorsNameTheCharacterAndTheWayOut)
{
    EXPECT_THAT(problem("bits = 2"), AllOf(HasSubstr("at character 6"), HasSubstr("write '=='")));
    EXPECT_THAT(problem("bits == 2 && rows > 1"), HasSubstr("write 'and'"));
    EXPECT_THAT(problem("bits == 2 || rows > 1"), HasSubstr("write 'or'"));
    EXPECT_THAT(problem("!(bits == 2)"), HasSubstr("write 'not'"));
    EXPECT_THAT(problem("role == 'mlp"), HasSubstr("a quote is not closed"));
    EXPECT_THAT(problem("(bits == 2"), HasSubstr("')' was expected"));
    EXPECT_THAT(problem("bits == 2)"), HasSubstr("')' was not expected"));
    EXPECT_THAT(problem("bits == "), HasSubstr("a value was expected, not the end"));
    EXPECT_THAT(problem(""), HasSubstr("a value was expected"));
    EXPECT_THAT(problem("bits == 2x"), HasSubstr("a number runs into a word"));
    EXPECT_THAT(problem("bits in []"), HasSubstr("a value was expected"));
    EXPECT_THAT(problem("bits; rows"), HasSubstr("';' has no meaning"));
}

TEST_F(ExpressionTest, ConditionsAndValuesAreNotMixed)
{
    EXPECT_THAT(problem("bits"), HasSubstr("a condition was expected"));
    EXPECT_THAT(problem("bits == 2", Expression::Result::value), HasSubstr("a value was expected"));
    EXPECT_THAT(problem("bits and rows > 1"), HasSubstr("a condition was expected"));
    EXPECT_THAT(problem("(bits == 2) == (rows == 1)"), HasSubstr("cannot be compared"));
    EXPECT_THAT(problem("role + 1 == 2"), HasSubstr("a number was expected"));
    EXPECT_TRUE(holds("true"));
}

TEST_F(ExpressionTest, HostileTextsEndInAnError)
{
    EXPECT_THAT(problem(std::string(2000, '(') + "1"), HasSubstr("nested too deeply"));
    EXPECT_THAT(problem("1 == " + std::string(2000, '-') + "1"), HasSubstr("nested too deeply"));
    EXPECT_THAT(problem(std::string(5000, ' ')), HasSubstr("too long"));
    std::mt19937 random(3);
    const std::string alphabet = "()[]=<>!+-*/%,'\" abrow 0123456789.xe_\n\t";
    for (int trial = 0; trial < 3000; ++trial) {
        std::string text;
        for (auto length = random() % 30; length > 0; --length)
            text += alphabet[random() % alphabet.size()];
        problem(text);
    }
}

TEST_F(ExpressionTest, RemembersWhichFieldsItUses)
{
    const auto expression =
        Expression::parse("bits == 2 and bits != 3 and rows > 1", fields, Expression::Result::condition);
    EXPECT_THAT(std::vector<std::size_t>(expression.slots().begin(), expression.slots().end()),
                testing::ElementsAre(*fields.find("rows"), *fields.find("bits")));
}

TEST(ParameterValue, IsANumberWhereItLooksLikeOne)
{
    EXPECT_EQ(std::get<double>(parameter_value("64")), 64);
    EXPECT_EQ(std::get<double>(parameter_value("1x16")), 16);
    EXPECT_EQ(std::get<std::string_view>(parameter_value("16x16")), "16x16");
    EXPECT_EQ(std::get<std::string_view>(parameter_value("e4m3")), "e4m3");
}

}  // namespace
}  // namespace specsweep::sweep
