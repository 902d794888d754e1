#include "hdf5/directory.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/format.hpp"
#include "base/integer.hpp"

namespace specsweep::hdf5 {

namespace {

struct ElementName {
    Directory::Element element;
    std::string_view name;
    std::int64_t bytes;
};
constexpr std::array element_names{
    ElementName{Directory::Element::f8, "f8", 8}, ElementName{Directory::Element::i8, "i8", 8},
    ElementName{Directory::Element::i4, "i4", 4}, ElementName{Directory::Element::u4, "u4", 4},
    ElementName{Directory::Element::u1, "u1", 1},
};

/// What stands before the next `end`, which is taken off, too; nothing when there is none.
std::optional<std::string_view> take(std::string_view& text, char end)
{
    const std::size_t at = text.find(end);
    if (at == std::string_view::npos)
        return std::nullopt;
    const std::string_view taken = text.substr(0, at);
    text.remove_prefix(at + 1);
    return taken;
}

template <class T>
bool parse_number(std::optional<std::string_view> text, T& value)
{
    if (!text)
        return false;
    const char* const end = text->data() + text->size();
    const auto [stop, error] = std::from_chars(text->data(), end, value);
    return error == std::errc() && stop == end;
}

bool parse_element(std::string_view text, Directory::Entry& entry)
{
    if (text.starts_with('s')) {
        entry.element = Directory::Element::text;
        return parse_number<std::int64_t>(text.substr(1), entry.element_bytes) && entry.element_bytes > 0;
    }
    for (const ElementName& known : element_names)
        if (text == known.name) {
            entry.element = known.element;
            entry.element_bytes = known.bytes;
            return true;
        }
    return false;
}

std::optional<Directory::Entry> parse_entry(std::string_view line, std::int64_t file_bytes)
{
    Directory::Entry entry;
    const auto element = take(line, ' ');
    if (!element || !parse_element(*element, entry) || !parse_number(take(line, ' '), entry.offset) ||
        !parse_number(take(line, ' '), entry.rows) || !parse_number(take(line, ' '), entry.columns))
        return std::nullopt;
    entry.path = line;
    if (entry.offset < 0 || entry.rows < 0 || entry.columns < 0 || entry.offset > file_bytes)
        return std::nullopt;
    const auto bytes = entry.bytes();
    return bytes && *bytes <= file_bytes - entry.offset ? std::optional(std::move(entry)) : std::nullopt;
}

std::optional<Directory::Attribute> parse_attribute(std::string_view line)
{
    const auto kind = take(line, ' ');
    const auto name = take(line, ' ');
    if (!kind || !name)
        return std::nullopt;
    Directory::Attribute attribute{std::string(*name), std::string(line)};
    std::int64_t integer = 0;
    double real = 0;
    if (*kind == "@i" && parse_number<std::int64_t>(line, integer))
        attribute.value = integer;
    else if (*kind == "@f" && parse_number<double>(line, real))
        attribute.value = real;
    else if (*kind != "@s")
        return std::nullopt;
    return attribute;
}

bool fits_a_line(std::string_view text)
{
    return text.find_first_of(std::string_view("\n\0", 2)) == std::string_view::npos;
}

std::string line_of(const Directory::Entry& entry)
{
    std::string element = fmt::format("s{}", entry.element_bytes);
    for (const ElementName& known : element_names)
        if (entry.element == known.element)
            element = known.name;
    return fmt::format("{} {} {} {} {}\n", element, entry.rows == 0 ? 0 : entry.offset, entry.rows, entry.columns,
                       entry.path);
}

std::string line_of(const Directory::Attribute& attribute)
{
    constexpr std::array<std::string_view, 3> kinds{"@s", "@i", "@f"};
    return std::visit(
        [&](const auto& value) {
            return fmt::format("{} {} {}\n", kinds[attribute.value.index()], attribute.name, value);
        },
        attribute.value);
}

}  // namespace

std::optional<std::int64_t> Directory::Entry::bytes() const
{
    const auto elements = columns == 0 ? rows : multiply_if_fits(rows, columns);
    return elements ? multiply_if_fits(*elements, element_bytes) : std::nullopt;
}

const Directory::Entry* Directory::find(std::string_view path) const
{
    const auto found =
        std::lower_bound(entries.begin(), entries.end(), path,
                         [](const Entry& entry, std::string_view wanted) { return entry.path < wanted; });
    return found != entries.end() && found->path == path ? &*found : nullptr;
}

const Directory::Value* Directory::attribute(std::string_view name) const
{
    const auto found = std::find_if(attributes.begin(), attributes.end(),
                                    [&](const Attribute& attribute) { return attribute.name == name; });
    return found == attributes.end() ? nullptr : &found->value;
}

bool Directory::contains(std::string_view path) const
{
    return std::any_of(entries.begin(), entries.end(), [&](const Entry& entry) {
        return entry.path.starts_with(path) && (entry.path.size() == path.size() || entry.path[path.size()] == '/');
    });
}

std::optional<std::string> Directory::text() const
{
    std::string text;
    for (const Attribute& attribute : attributes) {
        const auto* const value = std::get_if<std::string>(&attribute.value);
        if (attribute.name.find(' ') != std::string::npos || !fits_a_line(attribute.name) ||
            (value != nullptr && !fits_a_line(*value)))
            return std::nullopt;
        text += line_of(attribute);
    }
    for (const Entry& entry : entries) {
        if (entry.element == Element::other || !fits_a_line(entry.path) || (entry.rows > 0 && entry.offset < 0))
            return std::nullopt;
        text += line_of(entry);
    }
    return text;
}

std::optional<Directory> Directory::parse(std::string_view text, std::int64_t file_bytes)
{
    Directory found;
    while (!text.empty()) {
        const auto line = take(text, '\n');
        if (!line)
            return std::nullopt;
        if (line->starts_with('@')) {
            auto attribute = parse_attribute(*line);
            if (!attribute)
                return std::nullopt;
            found.attributes.push_back(std::move(*attribute));
        } else {
            auto entry = parse_entry(*line, file_bytes);
            if (!entry)
                return std::nullopt;
            found.entries.push_back(std::move(*entry));
        }
    }
    std::sort(found.entries.begin(), found.entries.end(),
              [](const Entry& a, const Entry& b) { return a.path < b.path; });
    return found;
}

}  // namespace specsweep::hdf5
