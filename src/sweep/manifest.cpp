#include "sweep/manifest.hpp"

#include <algorithm>

#include "base/file.hpp"
#include "base/format.hpp"
#include "base/text.hpp"
#include "sweep/derived_order.hpp"
#include "sweep/yaml_parts.hpp"

namespace specsweep::sweep {

namespace {

namespace fs = std::filesystem;

const std::vector<std::string> manifest_keys{"name",       "description", "checkpoints", "architectures", "matrices",
                                             "quantizers", "exclude",     "include",     "derive",        "metrics",
                                             "tolerance",  "certificate", "seed",        "shards"};

/// The name becomes part of file names and of job names.
bool is_name_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
}

std::string parse_name(const YamlNode& node)
{
    const std::string& name = node.as_text();
    const bool plain = !name.empty() && name.size() <= 200 && name.front() != '.' && name.front() != '-' &&
                       std::all_of(name.begin(), name.end(), is_name_character);
    if (!plain)
        throw node.error(fmt::format("'{}' is not a name for a sweep", name), "files are named after it",
                         "use letters, digits, '.', '_' and '-'");
    return name;
}

std::string parse_choice(const YamlNode& node, const std::vector<std::string>& accepted)
{
    if (std::find(accepted.begin(), accepted.end(), node.as_text()) == accepted.end())
        throw node.error(fmt::format("'{}' is not accepted here", node.as_text()), {},
                         suggest(node.as_text(), accepted));
    return node.as_text();
}

std::string parse_metrics(const YamlNode& node)
{
    return parse_choice(node, {"full", "fast", "extended"});
}

double parse_tolerance(const YamlNode& node)
{
    const double tolerance = node.as_double();
    if (!(tolerance > 0 && tolerance < 1))
        throw node.error(fmt::format("the tolerance '{}' is not between 0 and 1", node.as_text()),
                         "it is relative, of each singular value", "the default is 1e-4");
    return tolerance;
}

std::int64_t parse_seed(const YamlNode& node)
{
    const std::int64_t seed = node.as_integer();
    if (seed < 0)
        throw node.error("a seed must not be negative");
    return seed;
}

ShardRequest parse_shards(const YamlNode& node)
{
    static const std::vector<std::string> keys{"count", "minutes"};
    node.reject_unknown_keys(keys);
    ShardRequest request;
    if (const YamlNode* count = node.find("count")) {
        request.count = count->as_integer();
        if (*request.count < 1 || *request.count > 1'000'000)
            throw count->error(fmt::format("{} shards are not possible", *request.count), {}, "from 1 to 1,000,000");
    }
    if (const YamlNode* minutes = node.find("minutes")) {
        request.minutes = minutes->as_double();
        if (!(*request.minutes > 0 && *request.minutes < 1e9))
            throw minutes->error(fmt::format("'{}' minutes are not possible", minutes->as_text()));
    }
    if (request.count.has_value() == request.minutes.has_value())
        throw node.error("shards wants one of count and minutes", {}, "write shards: {count: 8}");
    return request;
}

std::vector<QuantizerEntry> parse_quantizers(const YamlNode& node, std::string_view key, const FieldCatalogue& fields)
{
    std::vector<QuantizerEntry> entries;
    for (const YamlNode& item : items_or_self(node))
        entries.push_back(parse_quantizer_entry(item, fmt::format("{}[{}]", key, entries.size()), fields));
    return entries;
}

std::vector<ExcludeRule> parse_exclude(const YamlNode& node, const FieldCatalogue& fields)
{
    std::vector<ExcludeRule> rules;
    for (const YamlNode& item : items_or_self(node)) {
        Expression condition =
            located(item, [&] { return Expression::parse(item.as_text(), fields, Expression::Result::condition); });
        rules.push_back({fmt::format("exclude[{}]: {}", rules.size(), item.as_text()), std::move(condition)});
    }
    return rules;
}

void parse_settings(Manifest& manifest, const YamlNode& node)
{
    if (const YamlNode* name = node.find("name"))
        manifest.name = parse_name(*name);
    if (const YamlNode* description = node.find("description"))
        description->as_text();
    if (const YamlNode* metrics = node.find("metrics"))
        manifest.metrics = parse_metrics(*metrics);
    if (const YamlNode* tolerance = node.find("tolerance"))
        manifest.tolerance = parse_tolerance(*tolerance);
    if (const YamlNode* certificate = node.find("certificate"))
        manifest.certificate = parse_choice(*certificate, {"probabilistic", "worst-case"});
    if (const YamlNode* seed = node.find("seed"))
        manifest.seed = parse_seed(*seed);
    if (const YamlNode* shards = node.find("shards"))
        manifest.shards = parse_shards(*shards);
}

}  // namespace

Manifest parse_manifest(std::string_view text, std::string_view source, const fs::path& folder,
                        std::string default_name)
{
    const YamlNode node = parse_yaml(text, source);
    if (!node.is_mapping())
        throw node.error("a manifest was expected", "its top is no mapping", "see docs/manifest.md");
    node.reject_unknown_keys(manifest_keys);

    Manifest manifest;
    manifest.name = std::move(default_name);
    parse_settings(manifest, node);
    const FieldCatalogue builtin = FieldCatalogue::builtin();
    manifest.fields = builtin;
    if (const YamlNode* derive = node.find("derive"))
        manifest.derive = parse_derived_fields(*derive, manifest.fields);
    if (const YamlNode* matrices = node.find("matrices"))
        manifest.matrices = parse_matrix_filter(*matrices);
    if (const YamlNode* quantizers = node.find("quantizers"))
        manifest.quantizers = parse_quantizers(*quantizers, "quantizers", manifest.fields);
    if (const YamlNode* exclude = node.find("exclude"))
        manifest.exclude = parse_exclude(*exclude, builtin);
    if (const YamlNode* include = node.find("include"))
        manifest.include = parse_quantizers(*include, "include", manifest.fields);
    manifest.folder = folder;
    if (const YamlNode* architectures = node.find("architectures"))
        for (const YamlNode& item : items_or_self(*architectures))
            manifest.architecture_files.push_back(existing_file(item, "a description of a model_type", folder));
    manifest.checkpoints = parse_checkpoints(node.at("checkpoints"), folder);
    return manifest;
}

Manifest read_manifest(const fs::path& path)
{
    constexpr std::int64_t largest_manifest = 16 << 20;
    const std::string text = read_text_file(path, largest_manifest);
    std::string name = path.stem().string();
    std::replace_if(
        name.begin(), name.end(), [](char c) { return !is_name_character(c); }, '-');
    return parse_manifest(text, path.string(), fs::absolute(path).parent_path(), std::move(name));
}

}  // namespace specsweep::sweep
