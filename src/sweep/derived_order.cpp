#include "sweep/derived_order.hpp"

#include <algorithm>

#include "base/format.hpp"
#include "base/text.hpp"
#include "sweep/expression_lexer.hpp"
#include "sweep/yaml_parts.hpp"

namespace specsweep::sweep {

namespace {

void check_name(const YamlNode& key, const FieldCatalogue& fields)
{
    const std::vector<Token> tokens = located(key, [&] { return tokenize(key.as_text()); });
    if (tokens.size() != 2 || tokens.front().kind != TokenKind::word)
        throw key.error(fmt::format("'{}' is not a name", key.as_text()), {}, "use letters, digits and '_'");
    if (fields.find(key.as_text()))
        throw key.error(fmt::format("'{}' is a field already", key.as_text()), {}, "take another name");
}

/// Depth-first: a field is placed after everything it uses.
class Sorter {
public:
    Sorter(const YamlNode& node, std::vector<DerivedField> fields) : node_(node), fields_(std::move(fields)) {}

    std::vector<DerivedField> run()
    {
        for (std::size_t i = 0; i < fields_.size(); ++i)
            place(i);
        return std::move(sorted_);
    }

private:
    void place(std::size_t i)
    {
        if (std::find(placed_.begin(), placed_.end(), i) != placed_.end())
            return;
        path_.push_back(fields_[i].name);
        if (std::count(path_.begin(), path_.end(), fields_[i].name) > 1)
            throw node_.entries()[i].first.error(fmt::format("'{}' depends on itself", fields_[i].name),
                                                 join(path_, " → "), "break the circle");
        for (std::size_t other = 0; other < fields_.size(); ++other) {
            const auto slots = fields_[i].value.slots();
            if (std::find(slots.begin(), slots.end(), fields_[other].slot) != slots.end())
                place(other);
        }
        path_.pop_back();
        placed_.push_back(i);
        sorted_.push_back(fields_[i]);
    }

    const YamlNode& node_;
    std::vector<DerivedField> fields_, sorted_;
    std::vector<std::size_t> placed_;
    std::vector<std::string> path_;
};

}  // namespace

std::vector<DerivedField> parse_derived_fields(const YamlNode& node, FieldCatalogue& fields)
{
    constexpr std::size_t most_fields = 100;
    if (node.entries().size() > most_fields)
        throw node.error(fmt::format("more than {} derived fields", most_fields));
    std::vector<std::size_t> slots;
    for (const auto& [key, value] : node.entries()) {
        check_name(key, fields);
        slots.push_back(fields.add({key.as_text(), FieldKind::number_or_text, {}}));
    }
    std::vector<DerivedField> derived;
    for (std::size_t i = 0; i < slots.size(); ++i) {
        const auto& [key, value] = node.entries()[i];
        const YamlNode& text = value;
        derived.push_back({key.as_text(), slots[i], located(text, [&] {
                               return Expression::parse(text.as_text(), fields, Expression::Result::value);
                           })});
    }
    return in_order_of_use(node, std::move(derived));
}

std::vector<DerivedField> in_order_of_use(const YamlNode& node, std::vector<DerivedField> fields)
{
    return Sorter(node, std::move(fields)).run();
}

}  // namespace specsweep::sweep
