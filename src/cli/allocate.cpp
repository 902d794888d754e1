#include <iostream>
#include <iterator>

#include "base/file.hpp"
#include "base/format.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "cli/allocation_table.hpp"
#include "cli/options.hpp"
#include "cli/terminal.hpp"
#include "cli/verb.hpp"
#include "results/provenance_file.hpp"
#include "results/source_files.hpp"
#include "verdicts/allocate.hpp"

namespace specsweep::cli {
namespace {

/// Where the checkpoint lay when it was measured; nothing when the provenance file is gone.
std::optional<std::string> path_of(const results::ResultFile& file, const std::string& checkpoint)
{
    if (file.header().kind == results::FileKind::aggregate &&
        !std::filesystem::exists(results::provenance_path(file.path())))
        return std::nullopt;
    for (const results::SourceRow& source : results::provenance_of(file).sources) {
        const Json plan = Json::parse(source.plan, nullptr, false);
        if (!plan.is_object() || !plan.contains("checkpoints"))
            continue;
        for (const Json& entry : plan["checkpoints"])
            if (entry.is_object() && entry.value("id", "") == checkpoint)
                return entry.value("path", "");
    }
    return std::nullopt;
}

std::string table_of(const verdicts::BudgetReport& report)
{
    Table table({{"rule", Table::Align::left},
                 {"bits"},
                 {"total error"},
                 {"x optimum"},
                 {"corr. with measured error"},
                 {"how", Table::Align::left}});
    for (const verdicts::RuleResult& rule : report.rules) {
        if (!rule.feasible) {
            table.add({rule.name, "-", "-", "-", "-", rule.note});
            continue;
        }
        table.add({rule.name, significant(rule.bits, 4), significant(rule.error, 4),
                   significant(rule.error / report.error_bound, 4), significant(rule.correlation, 2), rule.note});
    }
    return table.text();
}

Json to_json(const verdicts::BudgetReport& report)
{
    Json rules = Json::array();
    for (const verdicts::RuleResult& rule : report.rules) {
        Json layers = Json::array();
        if (rule.feasible)
            for (std::size_t i = 0; i < rule.choice.size(); ++i)
                layers.push_back({{"matrix", report.matrices[i]}, {"quantizer", rule.choice[i]}});
        rules.push_back({{"rule", rule.name},
                         {"feasible", rule.feasible},
                         {"bits", rule.bits},
                         {"error", rule.error},
                         {"correlation", rule.correlation},
                         {"layers", layers}});
    }
    return {{"checkpoint", report.checkpoint},
            {"budget", report.budget},
            {"error_bound", report.error_bound},
            {"rules", rules}};
}

ExitCode write_curve(const Options& options)
{
    const results::ResultFile file = results::ResultFile::open(options.texts("file")[0]);
    const std::string table = allocation_table(verdicts::allocation_curve(file, options.text("checkpoint")));
    if (const auto output = options.text("output"))
        write_text_file_atomically(*output, table);
    else
        std::cout << table;
    return ExitCode::complete;
}

}  // namespace

ExitCode allocate(Arguments arguments)
{
    Options options(
        "specsweep allocate FILE --budget BITS [--rule NAME] [--checkpoint ID] [-o MANIFEST] [--json]\n"
        "       specsweep allocate FILE --curve [--checkpoint ID] [-o CSV]",
        "A quantizer for each matrix of a checkpoint within a budget of bits per weight, chosen among those\n"
        "that the result file measured, by four rules: condition (the source's ceil(log2 kappa) + base), error\n"
        "(least total error, with a bound of the optimum), alpha and stable-rank. Total error: the mean of\n"
        "|E|^2/|W|^2 over all weights. -o writes the choice as a manifest that `run` takes. --curve compares the\n"
        "rules for every budget, as CSV.");
    options.value("budget", "BITS", "bits per weight, scales included, mean over all weights")
        .value("rule", "NAME", "whose choice -o writes: error (default), condition, alpha, stable-rank")
        .value("checkpoint", "ID", "which checkpoint of the file; needed when it has several")
        .value("output,o", "MANIFEST", "the chosen quantizers as a manifest")
        .flag("curve", "every budget from the fewest bits to the most, in steps of 1/4, as CSV")
        .flag("json", "machine-readable, with every layer")
        .positional("file", 1, 1);
    if (!options.parse(arguments))
        return ExitCode::complete;
    if (options.has("curve")) {
        if (options.text("budget") || options.text("rule") || options.has("json"))
            throw UsageError("--curve goes through all budgets and rules", {}, "leave --budget, --rule and --json out");
        return write_curve(options);
    }
    const auto budget = options.text("budget") ? parse_double(*options.text("budget")) : std::nullopt;
    if (!budget || !(*budget > 0))
        throw UsageError("--budget is missing or no positive number", {}, "for example --budget 4.5");
    const std::string rule = options.text("rule").value_or("error");
    const results::ResultFile file = results::ResultFile::open(options.texts("file")[0]);
    const verdicts::BudgetReport report = verdicts::allocate(file, *budget, options.text("checkpoint"));
    const verdicts::RuleResult& chosen = verdicts::find_rule(report, rule);
    if (options.has("json"))
        std::cout << to_json(report).dump(1) << '\n';
    else
        std::cout << fmt::format("{}: {}, {} bits per weight\n", report.checkpoint,
                                 counted(std::ssize(report.matrices), "matrix", "matrices"), report.budget)
                  << table_of(report);
    const auto output = options.text("output");
    if (!output)
        return ExitCode::complete;
    if (!chosen.feasible)
        throw UsageError("the rule '" + rule + "' finds nothing within the budget", chosen.note);
    write_text_file_atomically(
        *output, verdicts::manifest_of(report, chosen, path_of(file, report.checkpoint).value_or("${CHECKPOINT}")));
    return ExitCode::complete;
}

}  // namespace specsweep::cli
