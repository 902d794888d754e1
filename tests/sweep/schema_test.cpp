#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <set>
#include <string>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "checkpoint/role.hpp"
#include "sweep/manifest.hpp"

namespace specsweep::sweep {
namespace {

/// docs/manifest.schema.json and the parser are twins: what one knows, the other knows.
Json schema()
{
    const auto path = std::filesystem::path(SPECSWEEP_SOURCE_DIR) / "docs/manifest.schema.json";
    return parse_json(read_text_file(path), path.string());
}

/// The keys that the parser lists when it meets an unknown one.
std::set<std::string> accepted_keys(const std::string& manifest)
{
    try {
        parse_manifest(manifest, "m.yaml", ".");
    } catch (const UsageError& error) {
        const std::string& text = error.suggestion();
        const auto list = split(text.substr(text.find("ccepted: ") + 9), ',');
        std::set<std::string> keys;
        for (const std::string& key : list)
            keys.emplace(trim(key));
        return keys;
    }
    return {};
}

std::set<std::string> properties(const Json& object)
{
    std::set<std::string> keys;
    for (const auto& [key, value] : object.at("properties").items())
        keys.insert(key);
    return keys;
}

TEST(ManifestSchema, HasTheKeysOfTheParser)
{
    const Json root = schema();
    EXPECT_EQ(properties(root), accepted_keys("zzzzzzzz: 1"));
    EXPECT_EQ(properties(root.at("$defs").at("matrices")), accepted_keys("{checkpoints: ., matrices: {zzzzzzzz: 1}}"));
    EXPECT_EQ(properties(root.at("$defs").at("checkpoint").at("oneOf").at(1)),
              accepted_keys("checkpoints: [{zzzzzzzz: 1}]"));
    EXPECT_EQ(properties(root.at("properties").at("shards")), accepted_keys("{checkpoints: ., shards: {zzzzzzzz: 1}}"));
    auto quantizer = accepted_keys("{checkpoints: ., quantizers: [{format: uniform, zzzzzzzz: 1}]}");
    for (const char* parameter : {"bits", "block", "cast"})
        EXPECT_EQ(quantizer.erase(parameter), 1u) << parameter;
    std::set<std::string> reserved = properties(root.at("$defs").at("quantizer").at("oneOf").at(1));
    EXPECT_TRUE(std::includes(quantizer.begin(), quantizer.end(), reserved.begin(), reserved.end()));
}

TEST(ManifestSchema, HasTheChoicesOfTheParser)
{
    const Json root = schema();
    for (const char* key : {"metrics", "certificate"}) {
        std::set<std::string> choices;
        for (const Json& choice : root.at("properties").at(key).at("enum"))
            choices.insert(choice.get<std::string>());
        EXPECT_EQ(choices, accepted_keys(std::string("{checkpoints: ., ") + key + ": zzzzzzzz}")) << key;
    }
}

TEST(ManifestSchema, HasTheRolesOfTheProgram)
{
    std::set<std::string> roles;
    const Json root = schema();
    for (const Json& role : root.at("$defs").at("role").at("enum"))
        roles.insert(role.get<std::string>());
    const auto names = checkpoint::role_names();
    EXPECT_EQ(roles, std::set<std::string>(names.begin(), names.end()));
}

TEST(ManifestSchema, ReferencesNothingThatIsNotDefined)
{
    const Json root = schema();
    const std::function<void(const Json&)> check = [&](const Json& node) {
        if (node.is_object() && node.contains("$ref")) {
            EXPECT_NO_THROW(root.at(Json::json_pointer(node.at("$ref").get<std::string>().substr(1))));
        }
        if (node.is_structured())
            for (const Json& child : node)
                check(child);
    };
    check(root);
}

}  // namespace
}  // namespace specsweep::sweep
