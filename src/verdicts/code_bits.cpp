#include "verdicts/code_bits.hpp"

#include <array>
#include <charconv>
#include <utility>

#include "base/text.hpp"

namespace specsweep::verdicts {

namespace {

constexpr std::array<std::pair<std::string_view, int>, 21> fixed_bits{{
    {"binary", 1}, {"ternary", 2}, {"nvfp4", 4},  {"mxfp4", 4},   {"mxfp6", 6}, {"mxfp8", 8}, {"mxint8", 8},
    {"fp8", 8},    {"nf4", 4},     {"af4", 4},    {"bnb-fp4", 4}, {"q8_0", 8},  {"q4_0", 4},  {"q4_1", 4},
    {"q5_0", 5},   {"q5_1", 5},    {"iq4_nl", 4}, {"q4_k", 4},    {"q6_k", 6},  {"fp16", 16}, {"bf16", 16},
}};
constexpr std::array<std::string_view, 7> with_bits{"int", "uniform", "log2", "apot", "kmeans", "lloyd", "mulaw"};

std::optional<int> number(std::optional<std::string_view> text)
{
    int value = 0;
    if (!text || std::from_chars(text->data(), text->data() + text->size(), value).ec != std::errc())
        return std::nullopt;
    return value;
}

}  // namespace

std::string_view format_name(std::string_view quantizer)
{
    return quantizer.substr(0, quantizer.find(':'));
}

std::optional<std::string_view> parameter(std::string_view quantizer, std::string_view key)
{
    const std::size_t colon = quantizer.find(':');
    std::string_view rest = colon == std::string_view::npos ? std::string_view() : quantizer.substr(colon + 1);
    while (!rest.empty()) {
        const std::size_t end = rest.find(',');
        const std::string_view item = rest.substr(0, end);
        if (item.size() > key.size() && item.substr(0, key.size()) == key && item[key.size()] == '=')
            return item.substr(key.size() + 1);
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    }
    return std::nullopt;
}

std::optional<int> code_bits(std::string_view quantizer)
{
    const std::string_view name = format_name(quantizer);
    for (const auto& [format, bits] : fixed_bits)
        if (format == name)
            return bits;
    for (const std::string_view format : with_bits)
        if (format == name)
            return number(parameter(quantizer, "bits")).value_or(4);
    if (name == "fp") {
        const auto exponent = number(parameter(quantizer, "e"));
        const auto mantissa = number(parameter(quantizer, "m"));
        if (exponent && mantissa)
            return 1 + *exponent + *mantissa;
    }
    return std::nullopt;
}

std::vector<std::string> parameters(std::string_view quantizer)
{
    const std::size_t colon = quantizer.find(':');
    return colon == std::string_view::npos ? std::vector<std::string>() : split(quantizer.substr(colon + 1), ',');
}

std::string without_parameter(std::string_view quantizer, std::string_view key)
{
    const auto value = parameter(quantizer, key);
    if (!value)
        return std::string(quantizer);
    // The item is "key=value" with the ':' or ',' before it; one that follows moves up.
    const auto begin = static_cast<std::size_t>(value->data() - quantizer.data()) - key.size() - 2;
    const std::size_t end = begin + key.size() + 2 + value->size();
    std::string text(quantizer.substr(0, begin));
    if (end < quantizer.size())
        text.append(1, quantizer[begin]).append(quantizer.substr(end + 1));
    return text;
}

}  // namespace specsweep::verdicts
