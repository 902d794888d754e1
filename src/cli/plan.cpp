#include <filesystem>
#include <iostream>
#include <unordered_set>

#include "base/file.hpp"
#include "base/format.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "cli/load_plan.hpp"
#include "cli/terminal.hpp"
#include "cli/verb.hpp"
#include "results/result_file.hpp"
#include "results/source_files.hpp"
#include "sweep/summary.hpp"

namespace specsweep::cli {
namespace {

constexpr double seconds_an_hour = 3600;

void print_for_people(const sweep::Plan& plan)
{
    const sweep::PlanSummary summary = sweep::summarize(plan);
    std::cout << styled(Style::bold, plan.name) << fmt::format("  (sweep {})\n", plan.sweep_sha256.substr(0, 12));
    std::cout << fmt::format("  {}, {}, {}: {} ({}, {} {} another's numbers)\n",
                             counted(summary.checkpoints, "checkpoint"),
                             counted(summary.matrices, "matrix", "matrices"), counted(summary.quantizers, "quantizer"),
                             counted(summary.units, "unit"), counted(summary.references, "reference"),
                             format_count(summary.shared_units), summary.shared_units == 1 ? "shares" : "share");
    std::cout << fmt::format("  {}, the longest {} on one rank; output about {}\n\n", counted(summary.shards, "shard"),
                             format_seconds(summary.longest_shard_seconds),
                             format_bytes(static_cast<double>(summary.output_bytes)));
    Table table({{"memory per rank"},
                 {"ranks"},
                 {"shards"},
                 {"matrices"},
                 {"units"},
                 {"core-hours"},
                 {"longest unit"},
                 {"output"}});
    for (const sweep::ResourceClass& row : summary.classes)
        table.add({"<= " + format_bytes(static_cast<double>(row.memory_bytes)),
                   row.ranks == 1 ? "any" : ">= " + format_count(row.ranks), format_count(row.shards),
                   format_count(row.matrices), format_count(row.units),
                   fmt::format("{:.4f}", row.core_seconds / seconds_an_hour), format_seconds(row.longest_unit_seconds),
                   format_bytes(static_cast<double>(row.output_bytes))});
    table.add({"total, peak " + format_bytes(static_cast<double>(summary.peak_bytes)), "", format_count(summary.shards),
               format_count(summary.matrices), format_count(summary.units),
               fmt::format("{:.4f}", summary.core_seconds / seconds_an_hour),
               format_seconds(summary.longest_unit_seconds), format_bytes(static_cast<double>(summary.output_bytes))});
    std::cout << table.text() << fmt::format("\ncosts after constants of: {}\n", summary.cost_machine);
    for (const auto& [rule, points] : summary.dropped)
        std::cout << fmt::format("dropped by {}: {}\n", rule, format_count(points));
}

/// Of the distinct units, those that earlier results hold, and what the others cost.
struct Reusable {
    std::int64_t known = 0, fresh = 0;
    double fresh_seconds = 0;
};

Reusable count_reusable(const sweep::Plan& plan, const std::vector<std::string>& files)
{
    const std::vector<std::filesystem::path> sources(files.begin(), files.end());
    std::unordered_set<std::string> held;  // "id solver"
    for (const std::filesystem::path& path : results::result_files(sources)) {
        const results::ResultFile file = results::ResultFile::open(path);
        for (std::int64_t row = 0; row < file.size(); ++row)
            if (file.state(row) == results::UnitState::done) {
                const results::UnitRow& unit = file.contents().units[static_cast<std::size_t>(row)];
                held.insert(unit.id + " " + unit.solver);
            }
    }
    Reusable count;
    for (std::int64_t row = 0; row < std::ssize(plan.units); ++row) {
        const sweep::PlanUnit& unit = plan.units[static_cast<std::size_t>(row)];
        if (unit.canonical_row != row)
            continue;
        if (held.contains(unit.id + " " + unit.solver)) {
            ++count.known;
            continue;
        }
        ++count.fresh;
        count.fresh_seconds += unit.predicted_seconds;
    }
    return count;
}

}  // namespace

ExitCode plan(Arguments arguments)
{
    Options options("specsweep plan MANIFEST [-o PLAN] [--explain] [--json]",
                    "Expands a manifest into units, chooses solvers, estimates cost and memory, cuts into shards.\n"
                    "Without -o nothing is written. Times nothing: costs come from shipped constants.");
    options.value("output,o", "PLAN", "write the plan, for `run PLAN --shard I`")
        .values("reuse", "FILE", "say how many units these earlier results hold already (`run --reuse` takes them)")
        .flag("explain", "how many points each step left, and which rule dropped what")
        .flag("json", "machine-readable");
    declare_plan_options(options);
    options.positional("manifest", 1, 1);
    if (!options.parse(arguments))
        return ExitCode::complete;
    const auto output = options.text("output");
    if (output) {
        refuse_same_file(*output, options.texts("manifest")[0]);
        check_can_write(*output);
    }
    const sweep::Plan made = load_plan(options.texts("manifest")[0], options);
    if (output)
        write_text_file_atomically(*output, sweep::plan_to_text(made));
    Json summary = to_json(sweep::summarize(made));
    std::string reuse;
    if (options.has("reuse")) {
        const Reusable count = count_reusable(made, options.texts("reuse"));
        summary["reuse"] = {
            {"known", count.known}, {"new", count.fresh}, {"new_core_hours", count.fresh_seconds / seconds_an_hour}};
        reuse =
            fmt::format("{} distinct units are known already, {} are new: {:.4f} core-hours\n",
                        format_count(count.known), format_count(count.fresh), count.fresh_seconds / seconds_an_hour);
    }
    if (options.has("json")) {
        std::cout << summary.dump(1) << '\n';
    } else {
        print_for_people(made);
        std::cout << reuse;
    }
    if (options.has("explain"))
        std::cout << '\n' << sweep::explain(made);
    return ExitCode::complete;
}

}  // namespace specsweep::cli
