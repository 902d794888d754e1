#include <iostream>
#include <iterator>

#include "base/format.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "checkpoint/checkpoint.hpp"
#include "checkpoint/inventory_json.hpp"
#include "cli/options.hpp"
#include "cli/terminal.hpp"
#include "cli/verb.hpp"

namespace specsweep::cli {
namespace {

void print_for_people(const checkpoint::Inventory& inventory)
{
    std::cout << "model_type: " << inventory.model_type << "\n\n";
    Table table({{"matrix", Table::Align::left},
                 {"role", Table::Align::left},
                 {"block"},
                 {"expert"},
                 {"rows x cols"},
                 {"dtype", Table::Align::left},
                 {"stored", Table::Align::left}});
    const auto number_or_blank = [](int number) { return number < 0 ? std::string() : std::to_string(number); };
    for (const checkpoint::Matrix& matrix : inventory.matrices)
        table.add({matrix.name, std::string(name(matrix.role)), number_or_blank(matrix.block_index),
                   number_or_blank(matrix.expert), fmt::format("{} x {}", matrix.slice.rows, matrix.slice.cols),
                   matrix.packing.empty() ? std::string(name(matrix.dtype)) : matrix.packing,
                   std::string(name(matrix.slice.orientation))});
    std::cout << table.text();
    for (const checkpoint::Alias& alias : inventory.aliases)
        std::cout << fmt::format("alias: {} is {}{}\n", alias.name, alias.of,
                                 alias.in_file ? " (the file holds a copy)" : "");
    if (!inventory.skipped.empty())
        std::cout << '\n' << styled(Style::bold, "skipped") << '\n';
    for (const checkpoint::SkippedTensor& skipped : inventory.skipped)
        std::cout << fmt::format("  {}: {}\n", skipped.tensor, skipped.reason);
    std::cout << fmt::format("\n{}, {} skipped\n", counted(std::ssize(inventory.matrices), "matrix", "matrices"),
                             counted(std::ssize(inventory.skipped), "tensor"));
}

}  // namespace

ExitCode inspect(Arguments arguments)
{
    Options options(
        "specsweep inspect CHECKPOINT [--json]",
        "Lists the weight matrices of a checkpoint folder (config.json + safetensors) as they will be analysed,\n"
        "and every tensor that is skipped with the reason.");
    options.flag("json", "machine-readable")
        .values("architecture", "FILE", "description of a further model_type (docs/architectures.md)")
        .positional("checkpoint", 1, 1);
    if (!options.parse(arguments))
        return ExitCode::complete;
    auto registry = checkpoint::ArchitectureRegistry::builtin();
    for (const std::string& file : options.texts("architecture"))
        registry = registry.extended_by(file);
    const auto opened = checkpoint::Checkpoint::open(options.texts("checkpoint")[0], registry);
    if (options.has("json"))
        std::cout << inventory_json(opened.inventory()).dump(1) << '\n';
    else
        print_for_people(opened.inventory());
    return ExitCode::complete;
}

}  // namespace specsweep::cli
