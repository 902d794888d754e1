#include "quantize/quantizer_text.hpp"

#include "base/error.hpp"
#include "base/text.hpp"

namespace specsweep::quantize {

QuantizerText parse_quantizer_text(std::string_view text)
{
    const std::string quoted = "quantizer \"" + std::string(text) + "\"";
    const auto colon = text.find(':');
    QuantizerText parsed{.format = std::string(trim(text.substr(0, colon))), .values = {}};
    if (parsed.format.empty())
        throw UsageError(quoted + " names no format", "expected format or format:key=value,…",
                         "see `specsweep formats`");
    if (colon == std::string_view::npos)
        return parsed;
    for (const std::string& item : split(text.substr(colon + 1), ',')) {
        const std::string_view pair = item;
        const auto equals = pair.find('=');
        const std::string key(trim(pair.substr(0, equals)));
        if (equals == std::string_view::npos || key.empty())
            throw UsageError(quoted + " is malformed", "\"" + item + "\" is not key=value",
                             "write format:key=value,key=value");
        if (!parsed.values.emplace(key, std::string(trim(pair.substr(equals + 1)))).second)
            throw UsageError(quoted + " gives \"" + key + "\" twice", "a parameter has one value",
                             "remove one of them");
    }
    return parsed;
}

std::string print_quantizer_text(const QuantizerText& parsed)
{
    std::string text = parsed.format;
    char separator = ':';
    for (const auto& [key, value] : parsed.values) {
        text += separator + key + "=" + value;
        separator = ',';
    }
    return text;
}

}  // namespace specsweep::quantize
