#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/yaml.hpp"

namespace specsweep {
namespace {

using testing::HasSubstr;

template <class Work>
std::string message_of(Work work)
{
    try {
        work();
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

TEST(Yaml, KnowsWhereEverythingStands)
{
    const YamlNode root = parse_yaml("name: a\nshards:\n  count: 8\n", "jobs/x.yaml");
    EXPECT_EQ(root.at("name").as_text(), "a");
    EXPECT_EQ(root.at("shards").at("count").as_integer(), 8);
    EXPECT_EQ(root.at("shards").at("count").position().text(), "jobs/x.yaml:3:10");
}

TEST(Yaml, ReadsNothingAndDocumentMarks)
{
    EXPECT_TRUE(parse_yaml("---\na: 1\n...\n---\n", "x").is_mapping());
    const YamlNode nothing = parse_yaml("# nothing\n", "x");
    EXPECT_FALSE(nothing.is_mapping());
    EXPECT_EQ(nothing.position().text(), "x:1:1");
}

TEST(Yaml, NamesUnknownKeysWithTheNearestOne)
{
    const YamlNode root = parse_yaml("quantisers: []\n", "x.yaml");
    const std::array<std::string, 2> known{"quantizers", "name"};
    const std::string message = message_of([&] { root.reject_unknown_keys(known); });
    EXPECT_THAT(message, HasSubstr("x.yaml:1:1"));
    EXPECT_THAT(message, HasSubstr("did you mean 'quantizers'?"));
}

TEST(Yaml, RefusesDuplicateKeysSyntaxErrorsAndAliasBombs)
{
    EXPECT_THAT(message_of([] { parse_yaml("a: 1\na: 2\n", "x"); }), HasSubstr("stands twice"));
    EXPECT_THAT(message_of([] { parse_yaml("a: [1,\n", "x"); }), HasSubstr("not valid YAML"));
    EXPECT_THAT(message_of([] { parse_yaml("a: &a {b: 1}\nc: {<<: *a}\n", "x"); }), HasSubstr("x:2:5: merge keys"));
    EXPECT_THAT(message_of([] { parse_yaml("a: 1\n---\na: 2\n", "x"); }), HasSubstr("x:3:1: a second document"));
    std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 9; ++i) {
        bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
        for (int k = 0; k < 10; ++k)
            bomb += (k == 0 ? "*a" : ", *a") + std::to_string(i - 1);
        bomb += "]\n";
    }
    EXPECT_THAT(message_of([&] { parse_yaml(bomb, "x"); }), HasSubstr("too large"));
}

TEST(Json, RefusesDuplicateKeysAndWhatIsNotUtf8)
{
    EXPECT_THAT(message_of([] { parse_json(R"({"a": 1, "a": 2})", "f"); }), HasSubstr("twice"));
    EXPECT_THAT(message_of([] { parse_json("{\"\xff\": 1}", "f"); }), HasSubstr("UTF-8"));
    EXPECT_THAT(message_of([] { parse_json("{", "f.json"); }), HasSubstr("f.json"));
    EXPECT_THAT(message_of([] { parse_json(std::string(100, '['), "f"); }), HasSubstr("levels"));
}

TEST(Json, CanonicalTextIsSortedAndCompact)
{
    EXPECT_EQ(canonical_json(parse_json(R"({ "b": 1.50, "a": [true, null] })", "f")), R"({"a":[true,null],"b":1.5})");
}

TEST(ErrorText, HasProblemReasonAndWayOut)
{
    const UsageError error("problem", "why", "do this");
    EXPECT_STREQ(error.what(), "problem (why); do this");
    EXPECT_EQ(error.code(), ExitCode::usage);
}

}  // namespace
}  // namespace specsweep
