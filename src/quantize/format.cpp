#include "quantize/format.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/text.hpp"

namespace specsweep::quantize {

Parameter choice(std::string name, std::vector<std::string> options)
{
    Parameter parameter;
    parameter.description = {std::move(name), options.front(), join(options, " | ")};
    parameter.normalise = [options = std::move(options)](std::string_view value) -> std::optional<std::string> {
        const auto found = std::find(options.begin(), options.end(), value);
        return found == options.end() ? std::nullopt : std::optional(*found);
    };
    return parameter;
}

Parameter integer(std::string name, std::optional<int> default_value, int low, int high)
{
    Parameter parameter;
    parameter.description = {std::move(name), default_value ? std::to_string(*default_value) : "",
                             std::to_string(low) + "…" + std::to_string(high)};
    parameter.normalise = [low, high](std::string_view value) -> std::optional<std::string> {
        const auto number = parse_integer(value);
        if (!number || *number < low || *number > high)
            return std::nullopt;
        return std::to_string(*number);
    };
    return parameter;
}

Parameter block(std::string default_value, RunStyle style, std::string accepted,
                std::function<bool(const Block&)> allows)
{
    Parameter parameter;
    parameter.description = {"block", std::move(default_value), std::move(accepted)};
    parameter.normalise = [style, allows = std::move(allows)](std::string_view value) -> std::optional<std::string> {
        const auto parsed = parse_block(value);
        if (!parsed || !allows(*parsed))
            return std::nullopt;
        return print_block(*parsed, style);
    };
    return parameter;
}

Parameter block(std::string default_value, RunStyle style, std::vector<std::string> official,
                const std::string& unofficial, std::function<bool(const Block&)> allows)
{
    Parameter parameter = block(std::move(default_value), style, join(official, " | ") + "; unofficial: " + unofficial,
                                std::move(allows));
    parameter.description.official = std::move(official);
    return parameter;
}

const std::string& Arguments::operator[](std::string_view name) const
{
    const auto found = values_.find(name);
    if (found == values_.end())
        throw InternalError("format has no parameter " + std::string(name));
    return found->second;
}

int Arguments::integer(std::string_view name) const
{
    return static_cast<int>(parse_integer((*this)[name]).value());
}

Block Arguments::block(std::string_view name) const
{
    return parse_block((*this)[name]).value();
}

}  // namespace specsweep::quantize
