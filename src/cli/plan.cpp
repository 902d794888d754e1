#include <filesystem>
#include <iostream>

#include "base/file.hpp"
#include "base/format.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "cli/load_plan.hpp"
#include "cli/terminal.hpp"
#include "cli/verb.hpp"
#include "sweep/summary.hpp"

namespace specsweep::cli {
namespace {

constexpr double seconds_an_hour = 3600;

void print_for_people(const sweep::Plan& plan)
{
    const sweep::PlanSummary summary = sweep::summarize(plan);
    std::cout << styled(Style::bold, plan.name) << fmt::format("  (sweep {})\n", plan.sweep_sha256.substr(0, 12));
    std::cout << fmt::format(
        "  {} checkpoints, {} matrices, {} quantizers: {} units ({} references, {} share another's numbers)\n",
        format_count(summary.checkpoints), format_count(summary.matrices), format_count(summary.quantizers),
        format_count(summary.units), format_count(summary.references), format_count(summary.shared_units));
    std::cout << fmt::format("  {} shards, the longest {} on one rank; output about {}\n\n",
                             format_count(summary.shards), format_seconds(summary.longest_shard_seconds),
                             format_bytes(static_cast<double>(summary.output_bytes)));
    Table table({{"memory per rank"}, {"matrices"}, {"units"}, {"core-hours"}, {"longest unit"}});
    for (const sweep::ResourceClass& row : summary.classes)
        table.add({"<= " + format_bytes(static_cast<double>(row.memory_bytes)), format_count(row.matrices),
                   format_count(row.units), fmt::format("{:.4f}", row.core_seconds / seconds_an_hour),
                   format_seconds(row.longest_unit_seconds)});
    table.add({"total, peak " + format_bytes(static_cast<double>(summary.peak_bytes)), format_count(summary.matrices),
               format_count(summary.units), fmt::format("{:.4f}", summary.core_seconds / seconds_an_hour),
               format_seconds(summary.longest_unit_seconds)});
    std::cout << table.text() << fmt::format("\ncosts after constants of: {}\n", summary.cost_machine);
    for (const auto& [rule, points] : summary.dropped)
        std::cout << fmt::format("dropped by {}: {}\n", rule, format_count(points));
}

}  // namespace

ExitCode plan(Arguments arguments)
{
    Options options("specsweep plan MANIFEST [-o PLAN] [--explain] [--json]",
                    "Expands a manifest into units, chooses solvers, estimates cost and memory, cuts into shards.\n"
                    "Without -o nothing is written. Times nothing: costs come from shipped constants.");
    options.value("output,o", "PLAN", "write the plan, for `run PLAN --shard I`")
        .flag("explain", "how many points each step left, and which rule dropped what")
        .flag("json", "machine-readable");
    declare_plan_options(options);
    options.positional("manifest", 1, 1);
    if (!options.parse(arguments))
        return ExitCode::complete;
    const sweep::Plan made = load_plan(options.texts("manifest")[0], options);
    if (const auto output = options.text("output"))
        write_text_file_atomically(*output, sweep::plan_to_text(made));
    if (options.has("json"))
        std::cout << to_json(sweep::summarize(made)).dump(1) << '\n';
    else
        print_for_people(made);
    if (options.has("explain"))
        std::cout << '\n' << sweep::explain(made);
    return ExitCode::complete;
}

}  // namespace specsweep::cli
