#include "checkpoint/name_pattern.hpp"

#include <algorithm>
#include <cctype>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/text.hpp"

namespace specsweep::checkpoint {
namespace {

/// Takes a number off the front; nothing when there is none.
std::optional<int> take_number(std::string_view& text)
{
    constexpr std::size_t most_digits = 9;
    std::size_t digits = 0;
    while (digits < text.size() && std::isdigit(static_cast<unsigned char>(text[digits])) != 0)
        ++digits;
    if (digits == 0 || digits > most_digits || (digits > 1 && text[0] == '0'))
        return std::nullopt;
    const auto number = static_cast<int>(*parse_integer(text.substr(0, digits)));
    text.remove_prefix(digits);
    return number;
}

}  // namespace

NamePattern NamePattern::parse(std::string_view text)
{
    NamePattern pattern;
    pattern.text_ = text;
    const auto wrong = [&](const char* why) { return UsageError(fmt::format("'{}' is no tensor name", text), why); };
    while (!text.empty()) {
        const std::size_t open = std::min(text.find('{'), text.size());
        if (open > 0)
            pattern.parts_.push_back({Place::literal, std::string(text.substr(0, open))});
        text.remove_prefix(open);
        if (text.empty())
            break;
        const std::size_t close = text.find('}');
        const std::string_view place = text.substr(0, close == std::string_view::npos ? close : close + 1);
        if (place != "{block}" && place != "{expert}")
            throw wrong("places are {block} and {expert}");
        const Place kind = place == "{block}" ? Place::block : Place::expert;
        if (pattern.parts_.empty() || pattern.parts_.back().place != Place::literal)
            throw wrong("a place must follow some text");
        if (std::any_of(pattern.parts_.begin(), pattern.parts_.end(), [&](const Part& p) { return p.place == kind; }))
            throw wrong("a place stands twice");
        pattern.parts_.push_back({kind, {}});
        text.remove_prefix(place.size());
    }
    if (pattern.parts_.empty())
        throw wrong("it is empty");
    return pattern;
}

bool NamePattern::has_block() const
{
    return std::any_of(parts_.begin(), parts_.end(), [](const Part& part) { return part.place == Place::block; });
}

bool NamePattern::has_expert() const
{
    return std::any_of(parts_.begin(), parts_.end(), [](const Part& part) { return part.place == Place::expert; });
}

std::string NamePattern::stack() const
{
    return text_.substr(0, text_.find("{block}"));
}

std::optional<NamePattern::Match> NamePattern::match(std::string_view name) const
{
    Match match;
    for (const Part& part : parts_) {
        if (part.place == Place::literal) {
            if (name.substr(0, part.text.size()) != part.text)
                return std::nullopt;
            name.remove_prefix(part.text.size());
            continue;
        }
        const auto number = take_number(name);
        if (!number)
            return std::nullopt;
        (part.place == Place::block ? match.block : match.expert) = *number;
    }
    return name.empty() ? std::optional(match) : std::nullopt;
}

}  // namespace specsweep::checkpoint
