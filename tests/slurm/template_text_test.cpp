#include "slurm/template_text.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace specsweep::slurm {
namespace {

std::string rendered(const std::string& text, const TemplateValues& values)
{
    return render_template(text, "t.mustache", values);
}

TEST(Template, QuotesForTheShellAndNotForHtml)
{
    EXPECT_EQ(rendered("x={{a}} {{{a}}}", {{"a", "b & <c>"}}), "x='b & <c>' b & <c>");
}

TEST(Template, UnknownNamesAreErrors)
{
    for (const char* text : {"{{b}}", "{{{b}}}", "{{#b}}x{{/b}}", "{{^b}}x{{/b}}", "{{>nowhere}}"})
        EXPECT_THROW(rendered(text, {{"a", "1"}}), UsageError) << text;
}

TEST(Template, NamesTheNearestValue)
{
    try {
        rendered("{{acount}}", {{"account", "1"}});
        FAIL();
    } catch (const UsageError& error) {
        EXPECT_NE(std::string(error.what()).find("'account'"), std::string::npos) << error.what();
        EXPECT_NE(std::string(error.what()).find("t.mustache"), std::string::npos) << error.what();
    }
}

TEST(Template, ConditionsAndLists)
{
    const TemplateValues values{{"yes", true},
                                {"no", false},
                                {"list", std::vector<std::string>{"a", "b c"}},
                                {"none", std::vector<std::string>()}};
    EXPECT_EQ(
        rendered("{{#yes}}1{{/yes}}{{#no}}2{{/no}}{{^no}}3{{/no}}{{#list}} {{.}}{{/list}}{{#none}}4{{/none}}", values),
        "13 a 'b c'");
}

TEST(Template, LinesWithNothingButATagLeaveNone)
{
    EXPECT_EQ(rendered("a \\\n{{#no}}\n  b\n{{/no}}\n  c\n", {{"no", false}}), "a \\\n  c\n");
    EXPECT_EQ(rendered("a\n  {{#yes}}\n  b\n  {{/yes}}\nc\n", {{"yes", true}}), "a\n  b\nc\n");
}

TEST(Template, SyntaxErrorsAreErrors)
{
    EXPECT_THROW(rendered("{{#a}}", {{"a", true}}), UsageError);
    EXPECT_THROW(rendered("{{a", {{"a", "1"}}), UsageError);
}

}  // namespace
}  // namespace specsweep::slurm
