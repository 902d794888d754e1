#include "checkpoint/architecture.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "base/format.hpp"
#include "base/text.hpp"
#include "base/yaml.hpp"

namespace specsweep::checkpoint {
namespace {

using Keys = std::vector<std::string>;

/// Adds the place to an error that knows none.
template <class Parse>
auto at(const YamlNode& node, Parse parse) -> decltype(parse(node.as_text()))
{
    const std::string& text = node.as_text();
    try {
        return parse(text);
    } catch (const UsageError& error) {
        throw node.error(error.problem(), error.why(), error.suggestion());
    }
}

class Parser {
public:
    Architecture parse(const YamlNode& root)
    {
        root.reject_unknown_keys(
            Keys{"model_type", "prefixes", "sizes", "flags", "dense_blocks", "matrices", "ties", "skip"});
        result_.model_type = root.at("model_type").as_text();
        if (const YamlNode* prefixes = root.find("prefixes"))
            for (const YamlNode& prefix : prefixes->items())
                result_.prefixes.push_back(prefix.as_text());
        if (const YamlNode* sizes = root.find("sizes"))
            for (const auto& [name, rule] : sizes->entries())
                add_size(name.as_text(), rule);
        if (const YamlNode* flags = root.find("flags"))
            for (const auto& [key, fallback] : flags->entries())
                result_.flags.push_back({key.as_text(), fallback.as_boolean()});
        if (const YamlNode* dense = root.find("dense_blocks")) {
            dense->reject_unknown_keys(Keys{"except", "every"});
            result_.dense_blocks = DenseBlocksRule{dense->at("except").as_text(), dense->at("every").as_text()};
        }
        for (const auto& [name, rule] : root.at("matrices").entries())
            add_matrices(name, rule);
        if (const YamlNode* ties = root.find("ties"))
            for (const YamlNode& tie : ties->items())
                add_tie(tie);
        if (const YamlNode* skips = root.find("skip"))
            for (const auto& [name, reason] : skips->entries())
                result_.skips.push_back({at(name, NamePattern::parse), reason.as_text()});
        return std::move(result_);
    }

private:
    SizeExpression expression(const YamlNode& node) const
    {
        SizeExpression result = at(node, SizeExpression::parse);
        for (const std::string& name : result.names())
            known_size(node, name);
        return result;
    }

    std::string known_size(const YamlNode& node, const std::string& name) const
    {
        Keys known;
        for (const SizeRule& rule : result_.sizes)
            known.push_back(rule.name);
        if (std::find(known.begin(), known.end(), name) == known.end())
            throw node.error(fmt::format("the size '{}' is not defined before", name), {}, suggest(name, known));
        return name;
    }

    void add_size(const std::string& name, const YamlNode& node)
    {
        node.reject_unknown_keys(Keys{"keys", "default"});
        SizeRule rule{.name = name, .keys = {}, .fallback = {}};
        if (const YamlNode* keys = node.find("keys"))
            for (const YamlNode& key : keys->items())
                rule.keys.push_back(key.as_text());
        if (const YamlNode* fallback = node.find("default"))
            rule.fallback = expression(*fallback);
        result_.sizes.push_back(std::move(rule));
    }

    void add_matrices(const YamlNode& name, const YamlNode& node)
    {
        if (!node.is_sequence())
            return add_matrix(name, node);
        for (const YamlNode& alternative : node.items())
            add_matrix(name, alternative);
    }

    void add_matrix(const YamlNode& name, const YamlNode& node)
    {
        node.reject_unknown_keys(Keys{"role", "out", "in", "stored", "stacked", "groups", "parts", "when", "in_blocks",
                                      "blocks", "experts"});
        MatrixRule rule{.pattern = at(name, NamePattern::parse),
                        .when = {},
                        .stacked = {},
                        .block_count = {},
                        .expert_count = {},
                        .in = expression(node.at("in")),
                        .groups = SizeExpression::parse("1"),
                        .parts = {}};
        if (const YamlNode* stored = node.find("stored"))
            rule.orientation = orientation(*stored);
        if (const YamlNode* stacked = node.find("stacked"))
            rule.stacked = expression(*stacked);
        if (const YamlNode* kind = node.find("in_blocks"))
            rule.blocks = block_kind(*kind);
        if (const YamlNode* when = node.find("when"))
            for (const auto& [flag, value] : when->entries())
                rule.when.emplace_back(known_flag(flag), value.as_boolean());
        rule.block_count = count(node, rule.pattern.has_block(), "blocks", "layers");
        rule.expert_count = count(node, rule.pattern.has_expert(), "experts", "experts");
        add_parts(rule, node);
        result_.matrices.push_back(std::move(rule));
    }

    void add_parts(MatrixRule& rule, const YamlNode& node) const
    {
        const YamlNode* parts = node.find("parts");
        if (parts == nullptr) {
            rule.parts.push_back({"", role(node.at("role")), expression(node.at("out"))});
            return;
        }
        if (const YamlNode* role = node.find("role"))
            throw role->error("a fused tensor has no role of its own", {}, "give each of its parts one");
        if (const YamlNode* out = node.find("out"))
            throw out->error("'out' of a fused tensor follows from groups and parts");
        if (const YamlNode* groups = node.find("groups"))
            rule.groups = expression(*groups);
        for (const auto& [slice, part] : parts->entries()) {
            part.reject_unknown_keys(Keys{"role", "rows"});
            rule.parts.push_back({slice.as_text(), role(part.at("role")), expression(part.at("rows"))});
        }
    }

    /// The size that bounds {block} or {expert}; "" when nothing bounds it.
    std::string count(const YamlNode& node, bool used, const char* key, const char* usual) const
    {
        const YamlNode* named = node.find(key);
        if (named != nullptr)
            return known_size(*named, named->as_text());
        const bool defined = std::any_of(result_.sizes.begin(), result_.sizes.end(),
                                         [&](const SizeRule& rule) { return rule.name == usual; });
        return used && defined ? usual : "";
    }

    void add_tie(const YamlNode& node)
    {
        node.reject_unknown_keys(Keys{"name", "of", "key", "default", "present"});
        TieRule tie{.name = node.at("name").as_text(), .of = node.at("of").as_text(), .key = {}, .present = {}};
        if (const YamlNode* key = node.find("key"))
            tie.key = key->as_text();
        if (const YamlNode* fallback = node.find("default"))
            tie.fallback = fallback->as_boolean();
        if (const YamlNode* present = node.find("present"))
            tie.present = present->as_text();
        result_.ties.push_back(std::move(tie));
    }

    std::string known_flag(const YamlNode& node) const
    {
        Keys known;
        for (const FlagRule& rule : result_.flags)
            known.push_back(rule.key);
        if (std::find(known.begin(), known.end(), node.as_text()) == known.end())
            throw node.error(fmt::format("the flag '{}' is not defined", node.as_text()), {},
                             suggest(node.as_text(), known));
        return node.as_text();
    }

    static Role role(const YamlNode& node)
    {
        if (const auto role = parse_role(node.as_text()))
            return *role;
        throw node.error(fmt::format("unknown role '{}'", node.as_text()), {}, suggest(node.as_text(), role_names()));
    }

    static Orientation orientation(const YamlNode& node)
    {
        if (const auto orientation = parse_orientation(node.as_text()))
            return *orientation;
        throw node.error(fmt::format("unknown orientation '{}'", node.as_text()), {}, "accepted: out_in, in_out");
    }

    static BlockKind block_kind(const YamlNode& node)
    {
        if (node.as_text() == "dense")
            return BlockKind::dense;
        if (node.as_text() == "sparse")
            return BlockKind::sparse;
        throw node.error(fmt::format("unknown kind of blocks '{}'", node.as_text()), {}, "accepted: dense, sparse");
    }

    Architecture result_;
};

}  // namespace

Architecture parse_architecture(std::string_view text, std::string_view source)
{
    return Parser().parse(parse_yaml(text, source));
}

std::string_view without_prefixes(const Architecture& architecture, std::string_view name)
{
    constexpr std::array<std::string_view, 2> wrappers{"module.", "_orig_mod."};
    const auto strip = [&](std::string_view prefix) {
        if (name.substr(0, prefix.size()) == prefix)
            name.remove_prefix(prefix.size());
    };
    std::for_each(wrappers.begin(), wrappers.end(), strip);
    std::for_each(architecture.prefixes.begin(), architecture.prefixes.end(), strip);
    return name;
}

}  // namespace specsweep::checkpoint
