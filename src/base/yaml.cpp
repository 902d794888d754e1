#include "base/yaml.hpp"

#include <yaml-cpp/yaml.h>

#include <set>

#include "base/format.hpp"
#include "base/text.hpp"

namespace specsweep {
namespace {

constexpr int most_values = 1'000'000;
constexpr int deepest = 64;

class Converter {
public:
    explicit Converter(std::string_view source) : source_(std::make_shared<const std::string>(source)) {}

    YamlNode convert(const YAML::Node& from, int depth = 0)
    {
        YamlNode node;
        node.position_ = position(from.Mark());
        if (++count_ > most_values || depth > deepest)
            throw node.error("the document is too large",
                             fmt::format("more than {} values or {} levels", most_values, deepest));
        switch (from.Type()) {
            case YAML::NodeType::Scalar:
                node.kind_ = YamlNode::Kind::scalar;
                node.scalar_ = from.Scalar();
                break;
            case YAML::NodeType::Sequence:
                node.kind_ = YamlNode::Kind::sequence;
                for (const auto& item : from)
                    node.items_.push_back(convert(item, depth + 1));
                break;
            case YAML::NodeType::Map:
                node.kind_ = YamlNode::Kind::mapping;
                convert_entries(from, node, depth);
                break;
            default:
                break;
        }
        return node;
    }

    /// An empty document has no mark: line 1.
    YamlPosition position(const YAML::Mark& mark) const
    {
        return mark.is_null() ? YamlPosition{source_, 1, 1} : YamlPosition{source_, mark.line + 1, mark.column + 1};
    }

private:
    void convert_entries(const YAML::Node& from, YamlNode& node, int depth)
    {
        std::set<std::string> keys;
        for (const auto& entry : from) {
            YamlNode key = convert(entry.first, depth + 1);
            if (!key.is_scalar())
                throw key.error("a key must be a plain word");
            if (key.scalar_ == "<<")
                throw key.error("merge keys (<<) are not read", "YAML 1.2 has none",
                                "write the keys out; an alias can stand for a whole value");
            if (!keys.insert(key.scalar_).second)
                throw key.error(fmt::format("the key '{}' stands twice", key.scalar_),
                                "the second would hide the first", "remove one of them");
            node.entries_.push_back({std::move(key), convert(entry.second, depth + 1)});
        }
    }

    std::shared_ptr<const std::string> source_;
    int count_ = 0;
};

std::string kind_name(YamlNode::Kind kind)
{
    switch (kind) {
        case YamlNode::Kind::null:
            return "nothing";
        case YamlNode::Kind::scalar:
            return "a single value";
        case YamlNode::Kind::sequence:
            return "a list";
        default:
            return "a mapping";
    }
}

}  // namespace

std::string YamlPosition::text() const
{
    return fmt::format("{}:{}:{}", source ? *source : "?", line, column);
}

UsageError YamlNode::error(const std::string& problem, std::string why, std::string suggestion) const
{
    return UsageError(position_.text() + ": " + problem, std::move(why), std::move(suggestion));
}

const std::string& YamlNode::as_text() const
{
    if (kind_ != Kind::scalar)
        throw error("a text was expected", "this is " + kind_name(kind_));
    return scalar_;
}

std::int64_t YamlNode::as_integer() const
{
    if (const auto value = parse_integer(as_text()))
        return *value;
    throw error(fmt::format("'{}' is not a whole number", scalar_));
}

double YamlNode::as_double() const
{
    if (const auto value = parse_double(as_text()))
        return *value;
    throw error(fmt::format("'{}' is not a number", scalar_));
}

bool YamlNode::as_boolean() const
{
    if (as_text() == "true")
        return true;
    if (scalar_ == "false")
        return false;
    throw error(fmt::format("'{}' is neither true nor false", scalar_));
}

std::span<const YamlNode> YamlNode::items() const
{
    if (kind_ != Kind::sequence)
        throw error("a list was expected", "this is " + kind_name(kind_));
    return items_;
}

std::span<const YamlNode::Entry> YamlNode::entries() const
{
    if (kind_ != Kind::mapping)
        throw error("a mapping (key: value) was expected", "this is " + kind_name(kind_));
    return entries_;
}

const YamlNode* YamlNode::find(std::string_view key) const
{
    for (const Entry& entry : entries())
        if (entry.first.scalar_ == key)
            return &entry.second;
    return nullptr;
}

const YamlNode& YamlNode::at(std::string_view key) const
{
    if (const YamlNode* value = find(key))
        return *value;
    throw error(fmt::format("the key '{}' is missing", key));
}

void YamlNode::reject_unknown_keys(std::span<const std::string> known) const
{
    for (const Entry& entry : entries()) {
        const std::string& key = entry.first.scalar_;
        bool found = false;
        for (const std::string& name : known)
            found = found || name == key;
        if (!found)
            throw entry.first.error(fmt::format("unknown key '{}'", key), {}, suggest(key, known));
    }
}

YamlNode parse_yaml(std::string_view text, std::string_view source)
{
    Converter converter(source);
    if (!is_utf8(text))
        throw UsageError(std::string(source) + " is not valid YAML", "it is not UTF-8");
    try {
        const std::vector<YAML::Node> documents = YAML::LoadAll(std::string(text));
        for (std::size_t i = 1; i < documents.size(); ++i)
            if (!documents[i].IsNull())
                throw UsageError(converter.position(documents[i].Mark()).text() + ": a second document begins",
                                 "one is read from a file", "remove it, or move it to a file of its own");
        return converter.convert(documents.empty() ? YAML::Node() : documents.front());
    } catch (const YAML::Exception& error) {
        throw UsageError(converter.position(error.mark).text() + ": not valid YAML", error.msg);
    }
}

}  // namespace specsweep
