#include "sweep/quantizer_axes.hpp"

#include <algorithm>
#include <limits>

#include "base/format.hpp"
#include "base/integer.hpp"
#include "base/text.hpp"
#include "quantize/quantizer_text.hpp"
#include "quantize/registry.hpp"
#include "sweep/derived_order.hpp"
#include "sweep/yaml_parts.hpp"

namespace specsweep::sweep {

namespace {

constexpr std::size_t no_slot = std::numeric_limits<std::size_t>::max();  // of a parameter that no expression can use

/// The axes that advance as one: a zipped group, or a single axis.
using Wheel = std::vector<std::size_t>;

std::vector<Wheel> wheels(const QuantizerEntry& entry)
{
    std::vector<Wheel> result;
    for (std::size_t axis = 0; axis < entry.axes.size(); ++axis) {
        const auto group = std::find_if(entry.zip.begin(), entry.zip.end(), [=](const Wheel& candidate) {
            return std::find(candidate.begin(), candidate.end(), axis) != candidate.end();
        });
        if (group == entry.zip.end())
            result.push_back({axis});
        else if (*std::min_element(group->begin(), group->end()) == axis)
            result.push_back(*group);
    }
    return result;
}

std::optional<std::int64_t> size_of(const QuantizerEntry& entry, const std::vector<Wheel>& wheels)
{
    std::optional<std::int64_t> size = 1;
    for (const Wheel& wheel : wheels)
        if (size)
            size = multiply_if_fits(*size, checked_cast<std::int64_t>(entry.axes[wheel.front()].values.size()));
    return size;
}

std::vector<std::string> format_names()
{
    std::vector<std::string> names;
    for (const auto& format : quantize::formats())
        names.push_back(format.name);
    return names;
}

/// Parameters of the formats of this entry; a parameter needs to belong to one of them.
std::vector<std::string> parameter_names(const std::vector<std::string>& formats)
{
    std::vector<std::string> names;
    for (const auto& format : quantize::formats())
        if (std::find(formats.begin(), formats.end(), format.name) != formats.end())
            for (const auto& parameter : format.parameters)
                if (std::find(names.begin(), names.end(), parameter.name) == names.end())
                    names.push_back(parameter.name);
    return names;
}

Axis parse_axis(const std::string& key, const YamlNode& node)
{
    Axis axis{key, {}};
    for (const YamlNode& value : items_or_self(node)) {
        if (std::find(axis.values.begin(), axis.values.end(), value.as_text()) != axis.values.end())
            throw value.error(fmt::format("'{}' stands twice in '{}'", value.as_text(), key));
        axis.values.push_back(value.as_text());
    }
    return axis;
}

const YamlNode& format_node(const YamlNode& node)
{
    if (const YamlNode* format = node.find("format"))
        return *format;
    throw node.error("a quantizer has no format", {}, "write {format: int, …}; " + suggest("", format_names()));
}

void parse_axes(QuantizerEntry& entry, const YamlNode& node)
{
    const auto known_formats = format_names();
    const Axis formats = parse_axis("format", format_node(node));
    for (const YamlNode& value : items_or_self(format_node(node)))
        if (std::find(known_formats.begin(), known_formats.end(), value.as_text()) == known_formats.end())
            throw value.error(fmt::format("unknown format '{}'", value.as_text()), {},
                              suggest(value.as_text(), known_formats));
    std::vector<std::string> keys = parameter_names(formats.values);
    for (const char* reserved : {"format", "zip", "derive", "matrices"})
        keys.emplace_back(reserved);
    node.reject_unknown_keys(keys);
    for (const auto& [key, value] : node.entries())
        if (key.as_text() != "zip" && key.as_text() != "derive" && key.as_text() != "matrices")
            entry.axes.push_back(parse_axis(key.as_text(), value));
}

Wheel parse_zip_group(const QuantizerEntry& entry, const YamlNode& node)
{
    Wheel group;
    for (const YamlNode& key : node.items()) {
        const auto axis = std::find_if(entry.axes.begin(), entry.axes.end(),
                                       [&](const Axis& candidate) { return candidate.key == key.as_text(); });
        if (axis == entry.axes.end()) {
            std::vector<std::string> names;
            for (const Axis& candidate : entry.axes)
                names.push_back(candidate.key);
            throw key.error(fmt::format("'{}' is not an axis of this quantizer", key.as_text()), {},
                            suggest(key.as_text(), names));
        }
        if (!group.empty() && axis->values.size() != entry.axes[group.front()].values.size())
            throw key.error(
                fmt::format("'{}' has {} and '{}' has {}", axis->key, counted(std::ssize(axis->values), "value"),
                            entry.axes[group.front()].key, entry.axes[group.front()].values.size()),
                "zipped axes advance together", "give them equally many values");
        group.push_back(checked_cast<std::size_t>(axis - entry.axes.begin()));
    }
    return group;
}

void parse_zip(QuantizerEntry& entry, const YamlNode& node)
{
    const bool one_group = !node.items().empty() && node.items().front().is_scalar();
    const std::span<const YamlNode> groups = one_group ? std::span(&node, 1) : node.items();
    std::vector<bool> used(entry.axes.size(), false);
    for (const YamlNode& group : groups) {
        entry.zip.push_back(parse_zip_group(entry, group));
        for (const std::size_t axis : entry.zip.back()) {
            if (used[axis])
                throw group.error(fmt::format("'{}' is zipped twice", entry.axes[axis].key));
            used[axis] = true;
        }
    }
}

void parse_derived_parameters(QuantizerEntry& entry, const YamlNode& node, const FieldCatalogue& catalogue)
{
    const auto axis =
        std::find_if(entry.axes.begin(), entry.axes.end(), [](const Axis& a) { return a.key == "format"; });
    const std::vector<std::string> names = parameter_names(axis->values);
    node.reject_unknown_keys(names);
    std::vector<DerivedField> fields;
    for (const auto& [key, value] : node.entries()) {
        for (const Axis& given : entry.axes)
            if (given.key == key.as_text())
                throw key.error(fmt::format("'{}' is given and derived", key.as_text()), {}, "remove one of them");
        const YamlNode& text = value;
        entry.derive.push_back({key.as_text(), located(text, [&] {
                                    return Expression::parse(text.as_text(), catalogue, Expression::Result::value);
                                })});
        fields.push_back({key.as_text(), catalogue.find(key.as_text()).value_or(no_slot), entry.derive.back().value});
    }
    in_order_of_use(node, std::move(fields));  // for its refusal of circles
}

QuantizerEntry parse_text_entry(const YamlNode& node, QuantizerEntry entry)
{
    entry.is_reference = located(node, [&] { return quantize::canonical_quantizer(node.as_text()) == "reference"; });
    const quantize::QuantizerText parsed = quantize::parse_quantizer_text(node.as_text());
    entry.axes.push_back({"format", {parsed.format}});
    for (const auto& [key, value] : parsed.values)
        entry.axes.push_back({key, {value}});
    return entry;
}

}  // namespace

std::string AxisPoint::text() const
{
    return quantize::print_quantizer_text({format, {values.begin(), values.end()}});
}

QuantizerEntry parse_quantizer_entry(const YamlNode& node, std::string name, const FieldCatalogue& catalogue)
{
    QuantizerEntry entry;
    entry.node = node;
    entry.name = std::move(name);
    if (node.is_scalar())
        return parse_text_entry(node, std::move(entry));
    if (!node.is_mapping())
        throw node.error("a quantizer was expected", {}, "write int:bits=4 or {format: int, bits: [4, 8]}");
    parse_axes(entry, node);
    if (const YamlNode* zip = node.find("zip"))
        parse_zip(entry, *zip);
    if (const YamlNode* derive = node.find("derive"))
        parse_derived_parameters(entry, *derive, catalogue);
    if (const YamlNode* matrices = node.find("matrices"))
        entry.matrices = parse_matrix_filter(*matrices);
    return entry;
}

std::optional<std::int64_t> product_size(const QuantizerEntry& entry)
{
    std::vector<Wheel> single;
    for (std::size_t axis = 0; axis < entry.axes.size(); ++axis)
        single.push_back({axis});
    return size_of(entry, single);
}

std::optional<std::int64_t> zipped_size(const QuantizerEntry& entry)
{
    return size_of(entry, wheels(entry));
}

std::vector<AxisPoint> points(const QuantizerEntry& entry)
{
    const std::vector<Wheel> all = wheels(entry);
    std::vector<std::size_t> turn(all.size(), 0);
    std::vector<AxisPoint> result;
    while (true) {
        AxisPoint point;
        for (std::size_t w = 0; w < all.size(); ++w)
            for (const std::size_t axis : all[w]) {
                const std::string& value = entry.axes[axis].values[turn[w]];
                if (entry.axes[axis].key == "format")
                    point.format = value;
                else
                    point.values.emplace(entry.axes[axis].key, value);
            }
        result.push_back(std::move(point));
        std::size_t w = all.size();
        while (w > 0 && ++turn[w - 1] == entry.axes[all[w - 1].front()].values.size())
            turn[--w] = 0;
        if (w == 0)
            return result;
    }
}

}  // namespace specsweep::sweep
