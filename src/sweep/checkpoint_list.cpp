#include "sweep/checkpoint_list.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <utility>

#include "base/format.hpp"
#include "base/text.hpp"
#include "checkpoint/natural_order.hpp"
#include "sweep/yaml_parts.hpp"

namespace specsweep::sweep {

namespace {

namespace fs = std::filesystem;

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool is_pattern(std::string_view text)
{
    return text.find_first_of("*?") != std::string_view::npos;
}

/// The last run of digits in the folder's own name: "step1000", "checkpoint-500", "iter_0000100-hf".
std::optional<std::int64_t> step_of_name(const fs::path& folder)
{
    const std::string name = folder.filename().string();
    std::size_t end = name.size();
    while (end > 0 && !is_digit(name[end - 1]))
        --end;
    std::size_t begin = end;
    while (begin > 0 && is_digit(name[begin - 1]))
        --begin;
    return parse_integer(std::string_view(name).substr(begin, end - begin));
}

/// One item of the list before it is expanded.
struct Item {
    const YamlNode* node;
    const YamlNode* path;
    std::optional<std::string> id;
    std::optional<std::int64_t> step;
    bool step_from_name = false;
    const YamlNode* token_counts = nullptr;
};

Item parse_item(const YamlNode& node)
{
    Item item{&node, &node, {}, {}, false, nullptr};
    if (node.is_scalar())
        return item;
    if (!node.is_mapping())
        throw node.error("a checkpoint was expected", {},
                         "write a path, or {path: …, id: …, step: …, token_counts: …}");
    static const std::vector<std::string> keys{"path", "id", "step", "token_counts"};
    node.reject_unknown_keys(keys);
    item.path = &node.at("path");
    item.token_counts = node.find("token_counts");
    if (const YamlNode* id = node.find("id")) {
        item.id = id->as_text();
        if (item.id->empty())
            throw id->error("an id must not be empty");
    }
    if (const YamlNode* step = node.find("step")) {
        item.step_from_name = step->as_text() == "from_name";
        if (!item.step_from_name) {
            item.step = parse_integer(step->as_text());
            if (!item.step || *item.step < 0)
                throw step->error(fmt::format("'{}' is not a step", step->as_text()), {},
                                  "write a whole number from 0 on, or from_name");
        }
    }
    return item;
}

std::vector<fs::path> folders_of(const Item& item, const fs::path& base)
{
    const std::string text = located(*item.path, [&] { return expand_variables(item.path->as_text()); });
    if (text.empty())
        throw item.path->error("a path must not be empty");
    fs::path path = (base / text).lexically_normal();
    if (!path.has_filename())
        path = path.parent_path();
    if (is_pattern(text)) {
        std::vector<fs::path> found = matching_folders(path);
        if (found.empty())
            throw item.path->error(fmt::format("no folder fits '{}'", path.string()));
        return found;
    }
    std::error_code ignored;
    if (!fs::is_directory(path, ignored))
        throw item.path->error(fmt::format("there is no checkpoint folder '{}'", path.string()),
                               fs::exists(path, ignored) ? "it is not a folder" : "it does not exist",
                               "paths are relative to the manifest's folder");
    return {path};
}

std::string default_id(const fs::path& folder, const fs::path& base)
{
    const std::string relative = folder.lexically_relative(base).generic_string();
    return relative.empty() ? folder.generic_string() : relative;
}

std::vector<ManifestCheckpoint> expand_item(const Item& item, const fs::path& base)
{
    std::vector<ManifestCheckpoint> result;
    std::optional<fs::path> token_counts;
    if (item.token_counts != nullptr)
        token_counts = existing_file(*item.token_counts, "token_counts names a JSON file", base);
    for (const fs::path& folder : folders_of(item, base)) {
        ManifestCheckpoint checkpoint{item.id.value_or(default_id(folder, base)), folder, item.step, token_counts,
                                      *item.node};
        if (item.step_from_name) {
            checkpoint.step = step_of_name(folder);
            if (!checkpoint.step)
                throw item.node->error(fmt::format("'{}' has no step in its name", folder.filename().string()),
                                       "step: from_name takes the last number of the folder's name");
        }
        if (!is_utf8(folder.string()))
            throw item.node->error("the name of a checkpoint folder is not UTF-8", {}, "rename it");
        result.push_back(std::move(checkpoint));
    }
    std::stable_sort(result.begin(), result.end(), [](const auto& a, const auto& b) { return a.step < b.step; });
    return result;
}

}  // namespace

fs::path existing_file(const YamlNode& node, std::string_view what, const fs::path& folder)
{
    const std::string text = located(node, [&] { return expand_variables(node.as_text()); });
    const fs::path path = (fs::absolute(folder) / text).lexically_normal();
    std::error_code ignored;
    if (text.empty() || !fs::is_regular_file(path, ignored))
        throw node.error(fmt::format("there is no file '{}'", path.string()), std::string(what),
                         "paths are relative to the manifest's folder");
    if (!is_utf8(path.string()))
        throw node.error("the name of the file is not UTF-8", {}, "rename it");
    return path;
}

std::vector<ManifestCheckpoint> parse_checkpoints(const YamlNode& node, const fs::path& folder)
{
    const fs::path base = fs::absolute(folder).lexically_normal();
    std::vector<ManifestCheckpoint> all;
    std::map<std::pair<std::string, std::optional<std::int64_t>>, std::string> seen;
    for (const YamlNode& entry : items_or_self(node))
        for (ManifestCheckpoint& checkpoint : expand_item(parse_item(entry), base)) {
            const auto [earlier, is_new] = seen.try_emplace({checkpoint.id, checkpoint.step}, checkpoint.path.string());
            if (!is_new)
                throw entry.error(fmt::format("the checkpoint id '{}' stands for two folders", checkpoint.id),
                                  fmt::format("{} and {}", earlier->second, checkpoint.path.string()),
                                  "give each an id of its own, or a trajectory `step: from_name`");
            all.push_back(std::move(checkpoint));
        }
    return all;
}

std::string expand_variables(std::string_view text)
{
    const auto environment = [](const std::string& name) {
        const char* value = std::getenv(name.c_str());
        if (value == nullptr || *value == '\0')
            throw UsageError(fmt::format("the environment variable '{}' is not set, or empty", name), {},
                             fmt::format("export {}=…, or write the path out", name));
        return std::string(value);
    };
    std::string result;
    if (text == "~" || text.starts_with("~/")) {
        result = environment("HOME");
        text.remove_prefix(1);
    }
    while (!text.empty()) {
        const std::size_t begin = text.find("${");
        result.append(text.substr(0, begin));
        if (begin == std::string_view::npos)
            break;
        const std::size_t end = text.find('}', begin);
        if (end == std::string_view::npos)
            throw UsageError("'${' is not closed", {}, "write ${NAME}");
        result += environment(std::string(text.substr(begin + 2, end - begin - 2)));
        text.remove_prefix(end + 1);
    }
    return result;
}

std::vector<fs::path> matching_folders(const fs::path& pattern)
{
    std::vector<fs::path> found{pattern.root_path()};
    for (const fs::path& component : pattern.relative_path()) {
        std::vector<fs::path> next;
        for (const fs::path& parent : found) {
            std::error_code ignored;
            if (!is_pattern(component.string())) {
                if (fs::is_directory(parent / component, ignored))
                    next.push_back(parent / component);
                continue;
            }
            std::vector<std::string> names;
            for (const fs::directory_entry& entry : fs::directory_iterator(parent, ignored)) {
                const std::string name = entry.path().filename().string();
                const bool hidden = name.starts_with('.') && !component.string().starts_with('.');
                if (!hidden && glob_match(component.string(), name) && entry.is_directory(ignored))
                    names.push_back(name);
            }
            std::sort(names.begin(), names.end(),
                      [](const auto& a, const auto& b) { return checkpoint::natural_less(a, b); });
            for (const std::string& name : names)
                next.push_back(parent / name);
        }
        found = std::move(next);
    }
    return found;
}

}  // namespace specsweep::sweep
