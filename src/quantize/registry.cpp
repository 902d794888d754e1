#include "quantize/registry.hpp"

#include <algorithm>
#include <iterator>

#include "base/error.hpp"
#include "base/text.hpp"
#include "quantize/cast_quantizer.hpp"
#include "quantize/formats/all.hpp"
#include "quantize/identity.hpp"
#include "quantize/norm_quantizer.hpp"

namespace specsweep::quantize {

namespace {

constexpr std::string_view reference = "reference";

std::vector<Format> make_formats()
{
    std::vector<Format> all = {int_format(), uniform_format(), binary_format(), ternary_format(), nvfp4_format()};
    const auto append = [&all](std::vector<Format> formats) {
        all.insert(all.end(), std::make_move_iterator(formats.begin()), std::make_move_iterator(formats.end()));
    };
    append(mx_formats());
    append({fp8_format(), bf16_format(), fp16_format(), fp_format()});
    append(table_formats());
    append(magnitude_formats());
    append({kmeans_format()});
    append(ggml_simple_formats());
    append(ggml_search_formats());
    append({checkpoint_format()});
    for (Format& format : all)
        for (Parameter parameter :
             {choice("norm", {"none", "spectral", "spectral-pre"}), choice("cast", {"none", "bf16", "fp16"})}) {
            parameter.description.everywhere = true;
            format.parameters.push_back(std::move(parameter));
        }
    return all;
}

const std::vector<Format>& all_formats()
{
    static const std::vector<Format> all = make_formats();
    return all;
}

const Format& find_format(std::string_view name, std::string_view text)
{
    std::vector<std::string> names = {std::string(reference)};
    for (const Format& format : all_formats()) {
        if (format.name == name)
            return format;
        names.push_back(format.name);
    }
    throw UsageError("quantizer \"" + std::string(text) + "\" has an unknown format",
                     "there is no \"" + std::string(name) + "\"", suggest(name, names));
}

void refuse_unknown_keys(const Format& format, const QuantizerText& parsed, std::string_view text)
{
    std::vector<std::string> names;
    for (const Parameter& parameter : format.parameters)
        names.push_back(parameter.description.name);
    for (const auto& [key, value] : parsed.values)
        if (std::find(names.begin(), names.end(), key) == names.end())
            throw UsageError("quantizer \"" + std::string(text) + "\" has an unknown parameter",
                             format.name + " has no \"" + key + "\"", suggest(key, names));
}

/// "did you mean 'channel'? " for a near word among `tensor | channel | N`.
std::string near_value(const std::string& value, const std::string& accepted)
{
    std::vector<std::string> words;
    for (const std::string& choice : split(accepted, '|'))
        words.emplace_back(trim(choice.substr(0, choice.find(','))));
    const auto near = nearest_name(value, words);
    return words.size() > 1 && near && near->size() > 2 ? "did you mean '" + *near + "'? " : "";
}

/// The given value in canonical spelling, or the default.
std::optional<std::string> resolved_value(const Parameter& parameter, const QuantizerText& parsed,
                                          std::string_view text)
{
    const std::string& name = parameter.description.name;
    const std::string& default_value = parameter.description.default_value;
    const std::string& accepted = parameter.description.accepted;
    const auto given = parsed.values.find(name);
    if (given == parsed.values.end()) {
        if (parameter.dependent_default)
            return std::nullopt;
        if (default_value.empty())
            throw UsageError("quantizer \"" + std::string(text) + "\" lacks \"" + name + "\"", "it has no default",
                             "accepted: " + accepted);
        return default_value;
    }
    auto value = parameter.normalise(given->second);
    if (!value)
        throw UsageError("quantizer \"" + std::string(text) + "\" has a bad value",
                         name + "=" + given->second + " is not accepted by " + parsed.format,
                         near_value(given->second, accepted) + "accepted: " + accepted);
    return value;
}

std::unique_ptr<const Quantizer> normed(const Arguments& arguments, std::unique_ptr<const Quantizer> inner)
{
    const auto norm = arguments.is("norm", "spectral") ? SpectralNorm::post : SpectralNorm::pre;
    return make_norm(arguments.canonical(), std::move(inner), norm);
}

struct Resolved {
    const Format* format;
    Values values;
    std::string canonical;
};

Resolved resolve(std::string_view text)
{
    const QuantizerText parsed = parse_quantizer_text(text);
    const Format& format = find_format(parsed.format, text);
    refuse_unknown_keys(format, parsed, text);
    Values values;
    for (const Parameter& parameter : format.parameters)
        if (auto value = resolved_value(parameter, parsed, text))
            values.emplace(parameter.description.name, *std::move(value));
    QuantizerText shortest{.format = format.name, .values = {}};
    for (const Parameter& parameter : format.parameters) {
        const std::string& name = parameter.description.name;
        const std::string default_value =
            parameter.dependent_default ? parameter.dependent_default(values) : parameter.description.default_value;
        if (values.emplace(name, default_value).first->second != default_value)
            shortest.values.emplace(name, values[name]);
    }
    Resolved resolved{&format, std::move(values), print_quantizer_text(shortest)};
    const Arguments arguments(resolved.canonical, resolved.values);
    if (format.check)
        format.check(arguments);
    if (!arguments.is("norm", "none"))
        normed(arguments, format.make(arguments));  // says which formats it does not go with
    return resolved;
}

bool is_reference(std::string_view text)
{
    const QuantizerText parsed = parse_quantizer_text(text);
    if (parsed.format != reference)
        return false;
    if (!parsed.values.empty())
        throw UsageError("quantizer \"" + std::string(text) + "\" has an unknown parameter",
                         "the reference has no parameters", "write reference");
    return true;
}

}  // namespace

std::span<const FormatDescription> formats()
{
    static const std::vector<FormatDescription> descriptions = [] {
        std::vector<FormatDescription> all;
        for (const Format& format : all_formats()) {
            FormatDescription description{format.name, format.summary, format.source, {}};
            for (const Parameter& parameter : format.parameters)
                description.parameters.push_back(parameter.description);
            all.push_back(std::move(description));
        }
        return all;
    }();
    return descriptions;
}

QuantizerText resolve_quantizer(std::string_view text)
{
    if (is_reference(text))
        return {.format = std::string(reference), .values = {}};
    Resolved resolved = resolve(text);
    return {.format = resolved.format->name, .values = std::move(resolved.values)};
}

std::string canonical_quantizer(std::string_view text)
{
    return is_reference(text) ? std::string(reference) : resolve(text).canonical;
}

std::unique_ptr<const Quantizer> make_quantizer(std::string_view text)
{
    if (is_reference(text))
        return make_identity();
    const Resolved resolved = resolve(text);
    const Arguments arguments(resolved.canonical, resolved.values);
    auto quantizer = resolved.format->make(arguments);
    if (!arguments.is("norm", "none"))
        quantizer = normed(arguments, std::move(quantizer));
    if (!arguments.is("cast", "none"))
        quantizer = make_cast(resolved.canonical, std::move(quantizer),
                              arguments.is("cast", "bf16") ? CastType::bf16 : CastType::fp16);
    return quantizer;
}

std::string unofficial_part(std::string_view text)
{
    if (is_reference(text))
        return {};
    const Resolved resolved = resolve(text);
    for (const Parameter& parameter : resolved.format->parameters) {
        const std::vector<std::string>& official = parameter.description.official;
        const auto value = resolved.values.find(parameter.description.name);
        if (!official.empty() && std::ranges::find(official, value->second) == official.end())
            return value->first + "=" + value->second;
    }
    return {};
}

std::vector<float> level_table(std::string_view text)
{
    if (is_reference(text))
        return {};
    const Resolved resolved = resolve(text);
    if (!resolved.format->levels)
        return {};
    return resolved.format->levels(Arguments(resolved.canonical, resolved.values));
}

}  // namespace specsweep::quantize
