#include "slurm/profile.hpp"

#include <filesystem>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/format.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "base/yaml.hpp"
#include "slurm/builtin_texts.hpp"
#include "slurm/profile_key.hpp"
#include "slurm/quote.hpp"

namespace specsweep::slurm {

namespace {

constexpr int most_extensions = 8;

std::string accepted(const ProfileKey& key)
{
    switch (key.kind) {
        case SettingKind::integer:
            return "a whole number from 0 to 1000000000";
        case SettingKind::count:
            return "a whole number from 1 to 1000000000";
        case SettingKind::number:
            return "a number from 1 to 1000";
        case SettingKind::boolean:
            return "true or false";
        default:
            return std::string(key.choices);
    }
}

bool fits(const ProfileKey& key, const std::string& value)
{
    switch (key.kind) {
        case SettingKind::integer:
        case SettingKind::count: {
            const auto number = parse_integer(value);
            const std::int64_t least = key.kind == SettingKind::count ? 1 : 0;
            return number && *number >= least && *number <= 1'000'000'000;
        }
        case SettingKind::number: {
            const auto number = parse_double(value);
            return number && *number >= 1 && *number <= 1000;
        }
        case SettingKind::boolean:
            return value == "true" || value == "false";
        case SettingKind::choice: {
            const std::vector<std::string> words = split(key.choices, ' ');
            return std::find(words.begin(), words.end(), value) != words.end();
        }
        case SettingKind::text:
        case SettingKind::list:
            return true;
    }
    return false;
}

const BuiltinText* shipped(const std::string& name)
{
    for (const BuiltinText& text : builtin_texts())
        if (text.file == name + ".yaml")
            return &text;
    return nullptr;
}

UsageError unknown_profile(const std::string& name)
{
    return UsageError(fmt::format("there is no Slurm profile '{}'", name), "it is neither a file nor a shipped profile",
                      suggest(name, Profile::names()));
}

std::vector<std::string> values_of(const YamlNode& node)
{
    std::vector<std::string> values;
    if (node.is_null())
        return values;
    if (!node.is_sequence())
        return {node.as_text()};
    for (const YamlNode& item : node.items())
        values.push_back(item.as_text());
    return values;
}

}  // namespace

Profile::Profile()
{
    for (const ProfileKey& key : profile_keys()) {
        Setting& setting = settings_[std::string(key.name)];
        setting.origin = "built-in";
        if (key.kind != SettingKind::list)
            setting.values.emplace_back(key.otherwise);
    }
}

std::vector<std::string> Profile::names()
{
    std::vector<std::string> names;
    for (const BuiltinText& text : builtin_texts())
        if (text.file.ends_with(".yaml"))
            names.emplace_back(text.file.substr(0, text.file.size() - 5));
    return names;
}

void Profile::set(const std::string& name, std::vector<std::string> values, const std::string& where)
{
    const ProfileKey* key = find_profile_key(name);
    if (key == nullptr)
        throw UsageError(fmt::format("{}: unknown setting '{}'", where, name), {}, suggest(name, profile_key_names()));
    if (key->kind != SettingKind::list && values.size() > 1)
        throw UsageError(fmt::format("{}: '{}' takes one value", where, name),
                         fmt::format("{} are given", values.size()));
    if (key->kind != SettingKind::list && values.empty())
        values.emplace_back(key->kind == SettingKind::text ? "" : key->otherwise);
    for (const std::string& value : values) {
        refuse_control_characters(value, fmt::format("{}: '{}'", where, name));
        if (!fits(*key, value))
            throw UsageError(fmt::format("{}: '{}' cannot be '{}'", where, name, value), {},
                             "accepted: " + accepted(*key));
    }
    settings_[name] = {std::move(values), where};
}

void Profile::apply_yaml(std::string_view text, const std::string& source, int depth)
{
    const YamlNode document = parse_yaml(text, source);
    if (!document.is_mapping())
        throw document.error("a profile is a mapping", "it holds something else", "write lines like `partition: main`");
    if (const YamlNode* base = document.find("extends")) {
        const BuiltinText* parent = shipped(base->as_text());
        if (parent == nullptr)
            throw base->error(fmt::format("there is no Slurm profile '{}'", base->as_text()), {},
                              suggest(base->as_text(), names()));
        if (depth >= most_extensions)
            throw base->error("profiles extend each other in a circle");
        apply_yaml(parent->text, std::string(parent->file), depth + 1);
    }
    for (const auto& [key, value] : document.entries())
        if (key.as_text() != "extends")
            set(key.as_text(), values_of(value), value.position().text());
}

Profile Profile::load(const std::string& name_or_path, std::span<const std::string> sets)
{
    Profile profile;
    std::error_code ignored;
    if (const BuiltinText* found = shipped(name_or_path))
        profile.apply_yaml(found->text, std::string(found->file), 0);
    else if (std::filesystem::is_regular_file(name_or_path, ignored))
        profile.apply_yaml(read_text_file(name_or_path), name_or_path, 0);
    else
        throw unknown_profile(name_or_path);
    for (const std::string& text : sets) {
        const std::size_t equals = text.find('=');
        if (equals == std::string::npos)
            throw UsageError(fmt::format("--set {} has no value", text), {}, "write --set key=value");
        const std::string name = text.substr(0, equals);
        const std::string value = text.substr(equals + 1);
        const ProfileKey* key = find_profile_key(name);
        const bool many = key != nullptr && key->kind == SettingKind::list;
        profile.set(name, many ? (value.empty() ? std::vector<std::string>() : split(value, ',')) : std::vector{value},
                    "--set");
    }
    return profile;
}

const Profile::Setting& Profile::at(std::string_view key) const
{
    const auto found = settings_.find(key);
    if (found == settings_.end())
        throw InternalError(fmt::format("there is no setting '{}'", key));
    return found->second;
}

const std::string& Profile::text(std::string_view key) const
{
    const Setting& setting = at(key);
    if (setting.values.size() != 1)
        throw InternalError(fmt::format("the setting '{}' is a list", key));
    return setting.values.front();
}

std::int64_t Profile::integer(std::string_view key) const
{
    const auto value = parse_integer(text(key));
    if (!value)
        throw InternalError(fmt::format("the setting '{}' is no number", key));
    return *value;
}

double Profile::number(std::string_view key) const
{
    const auto value = parse_double(text(key));
    if (!value)
        throw InternalError(fmt::format("the setting '{}' is no number", key));
    return *value;
}

bool Profile::boolean(std::string_view key) const
{
    return text(key) == "true";
}

const std::vector<std::string>& Profile::list(std::string_view key) const
{
    return at(key).values;
}

const std::string& Profile::origin(std::string_view key) const
{
    return at(key).origin;
}

Json Profile::to_json() const
{
    Json result = Json::object();
    for (const auto& [key, setting] : settings_)
        if (setting.origin != "built-in")
            result[key] = {{"values", setting.values}, {"origin", setting.origin}};
    return result;
}

Profile Profile::from_json(const Json& document, const std::string& source)
{
    Profile profile;
    try {
        for (const auto& [key, value] : document.items()) {
            profile.set(key, value.at("values").get<std::vector<std::string>>(), source);
            profile.settings_[key].origin = value.at("origin").get<std::string>();
        }
    } catch (const Json::exception& error) {
        throw InputError(fmt::format("{} holds no profile", source), error.what(), "render again");
    }
    return profile;
}

}  // namespace specsweep::slurm
