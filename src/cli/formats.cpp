#include <iostream>

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

Json description_json(const quantize::FormatDescription& format)
{
    Json parameters = Json::array();
    for (const auto& parameter : format.parameters)
        parameters.push_back(
            {{"name", parameter.name}, {"default", parameter.default_value}, {"accepted", parameter.accepted}});
    return {{"name", format.name}, {"summary", format.summary}, {"source", format.source}, {"parameters", parameters}};
}

void print_all()
{
    for (const quantize::FormatDescription& format : quantize::formats()) {
        std::cout << styled(Style::bold, format.name) << "  " << format.summary << '\n';
        for (const auto& parameter : format.parameters)
            std::cout << fmt::format("    {}={}  ({})\n", parameter.name,
                                     parameter.default_value.empty() ? "required" : parameter.default_value,
                                     parameter.accepted);
        std::cout << styled(Style::dim, "    source: " + format.source) << '\n';
    }
    std::cout
        << "\nA quantizer is written FORMAT or FORMAT:key=value,key=value. `specsweep formats TEXT` explains one.\n";
}

void explain(const std::string& text, bool json)
{
    const auto quantizer = quantize::make_quantizer(text);
    const std::vector<float> levels = quantize::level_table(text);
    const double bits = quantizer->bits_per_weight(example_rows, example_cols);
    if (json) {
        std::cout << Json{{"canonical", quantizer->text()}, {"bits_per_weight", bits}, {"levels", levels}}.dump(1)
                  << '\n';
        return;
    }
    std::cout << "canonical: " << quantizer->text() << '\n'
              << fmt::format("bits per weight, scales counted, {} x {}: {:.4f}\n", example_rows, example_cols, bits);
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
