#include "cli/options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "cli/terminal.hpp"

namespace specsweep::cli {
namespace {

using testing::HasSubstr;

Options example()
{
    Options options("specsweep example FILE", "An example.");
    options.value("output,o", "FILE", "where to")
        .flag("json", "machine")
        .values("role", "R", "roles")
        .positional("file", 1, 1);
    return options;
}

std::string message_of(std::vector<std::string> arguments)
{
    Options options = example();
    try {
        options.parse(arguments);
    } catch (const UsageError& error) {
        return error.what();
    }
    return "no error";
}

TEST(Options, AreFoundByTheirNames)
{
    Options options = example();
    const std::vector<std::string> arguments{"in.h5", "-o", "out.h5", "--role", "a", "b", "--json"};
    ASSERT_TRUE(options.parse(arguments));
    EXPECT_EQ(options.texts("file"), std::vector<std::string>{"in.h5"});
    EXPECT_EQ(options.text("output"), "out.h5");
    EXPECT_EQ(options.texts("role"), (std::vector<std::string>{"a", "b"}));
    EXPECT_TRUE(options.has("json"));
    EXPECT_FALSE(options.has("quiet"));
}

TEST(Options, AbbreviationsAreNotGuessed)
{
    EXPECT_THAT(message_of({"f", "--outpu", "x"}), HasSubstr("did you mean '--output'?"));
}

TEST(Options, CountsItsArguments)
{
    EXPECT_THAT(message_of({}), HasSubstr("missing"));
    EXPECT_THAT(message_of({"a", "b"}), HasSubstr("too many"));
    EXPECT_THAT(message_of({"a", "--output"}), HasSubstr("output"));
}

TEST(Bytes, AreReadWithUnits)
{
    EXPECT_EQ(parse_bytes("m", "4GiB"), std::int64_t{4} << 30);
    EXPECT_EQ(parse_bytes("m", "512MB"), 512'000'000);
    EXPECT_EQ(parse_bytes("m", "2k"), 2000);
    EXPECT_EQ(parse_bytes("m", "1e9"), 1'000'000'000);
    for (const char* wrong : {"", "GiB", "4XB", "-1", "0", "4 GiBs", "1e30", "nan"})
        EXPECT_THROW(parse_bytes("m", wrong), UsageError) << wrong;
}

TEST(Table, AlignsByCodePoints)
{
    Table table({{"σ", Table::Align::left}, {"n"}});
    table.add({"σ₁", "1"});
    table.add({"abc", "100"});
    set_color("never");
    EXPECT_EQ(table.text(), "σ      n\nσ₁     1\nabc  100\n");
}

TEST(Significant, IsForPeople)
{
    EXPECT_EQ(significant(2.7123, 3), "2.71");
    EXPECT_EQ(significant(1234.5, 3), "1234");
    EXPECT_EQ(significant(1.234e-9, 3), "1.23e-09");
    EXPECT_EQ(significant(0, 3), "0");
}

}  // namespace
}  // namespace specsweep::cli
