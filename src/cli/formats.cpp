#include <iostream>
#include <optional>
#include <string>

#include "base/format.hpp"
#include "base/json.hpp"
#include "cli/options.hpp"
#include "cli/terminal.hpp"
#include "cli/verb.hpp"
#include "quantize/registry.hpp"

namespace specsweep::cli {
namespace {

// Bits per weight depend on the shape; people know this one.
constexpr std::int64_t example_rows = 4096;
constexpr std::int64_t example_cols = 4096;

/// With every default; nothing for formats that need a parameter.
std::optional<double> default_bits(const quantize::FormatDescription& format)
{
    for (const auto& parameter : format.parameters)
        if (parameter.default_value.empty())
            return std::nullopt;
    return quantize::make_quantizer(format.name)->bits_per_weight(example_rows, example_cols);
}

Json description_json(const quantize::FormatDescription& format)
{
    Json parameters = Json::array();
    for (const auto& parameter : format.parameters)
        parameters.push_back(
            {{"name", parameter.name}, {"default", parameter.default_value}, {"accepted", parameter.accepted}});
    const auto bits = default_bits(format);
    return {{"name", format.name},
            {"summary", format.summary},
            {"bits_per_weight", bits ? Json(*bits) : Json()},
            {"source", format.source},
            {"parameters", parameters}};
}

std::string line_of(const quantize::ParameterDescription& parameter)
{
    return fmt::format("    {}={}  ({})\n", parameter.name,
                       parameter.default_value.empty() ? "required" : parameter.default_value, parameter.accepted);
}

void print_all()
{
    for (const quantize::FormatDescription& format : quantize::formats()) {
        std::cout << styled(Style::bold, format.name) << "  " << format.summary << '\n';
        for (const auto& parameter : format.parameters)
            if (!parameter.everywhere)
                std::cout << line_of(parameter);
        const auto bits = default_bits(format);
        const std::string size = bits ? fmt::format("    bits per weight: {:.6g}\n", *bits) : std::string();
        std::cout << styled(Style::dim, size + "    source: " + format.source) << '\n';
    }
    std::cout << styled(Style::bold, "every format") << "  also takes\n";
    for (const auto& parameter : quantize::formats().front().parameters)
        if (parameter.everywhere)
            std::cout << line_of(parameter);
    std::cout << fmt::format(
        "\nBits per weight count the scales, with the defaults, for {} x {}.\n"
        "A quantizer is written FORMAT or FORMAT:key=value,key=value. `specsweep formats TEXT` explains one.\n",
        example_rows, example_cols);
}

void explain(const std::string& text, bool json)
{
    const auto quantizer = quantize::make_quantizer(text);
    const std::vector<float> levels = quantize::level_table(text);
    const std::string unofficial = quantize::unofficial_part(text);
    const double bits = quantizer->bits_per_weight(example_rows, example_cols);
    if (json) {
        std::cout << Json{{"canonical", quantizer->text()},
                          {"unofficial", unofficial},
                          {"bits_per_weight", bits},
                          {"levels", levels}}
                         .dump(1)
                  << '\n';
        return;
    }
    std::cout << "canonical: " << quantizer->text() << '\n';
    if (!unofficial.empty())
        std::cout << "unofficial: the format is not defined for " << unofficial << " (an ablation)\n";
    std::cout << fmt::format("bits per weight, scales counted, {} x {}: {:.4f}\n", example_rows, example_cols, bits);
    if (levels.empty()) {
        std::cout << "levels: depend on the data\n";
        return;
    }
    std::cout << fmt::format("levels at scale 1 ({}):\n", levels.size());
    for (const float level : levels)
        std::cout << fmt::format("  {}\n", level);
}

}  // namespace

ExitCode formats(Arguments arguments)
{
    Options options(
        "specsweep formats [TEXT] [--json]",
        "Every quantizer with its parameters and source; for one TEXT its canonical form, bits and levels.");
    options.flag("json", "machine-readable").positional("text", 0, 1);
    if (!options.parse(arguments))
        return ExitCode::complete;
    if (options.has("text")) {
        explain(options.texts("text")[0], options.has("json"));
    } else if (options.has("json")) {
        Json all = Json::array();
        for (const auto& format : quantize::formats())
            all.push_back(description_json(format));
        std::cout << all.dump(1) << '\n';
    } else {
        print_all();
    }
    return ExitCode::complete;
}

}  // namespace specsweep::cli
