#include "results/aggregate.hpp"

#include <iostream>

#include "base/json.hpp"
#include "cli/options.hpp"
#include "cli/verb.hpp"
#include "results/export_csv.hpp"
#include "verdicts/evaluate.hpp"

namespace specsweep::cli {

ExitCode aggregate(Arguments arguments)
{
    Options options("specsweep aggregate DIR|FILES… -o FILE [--table CSV] [--rederive] [--json]",
                    "Joins shard files into one result file whose bytes do not depend on how the work was cut, and\n"
                    "NAME.provenance.h5 beside it. Says what is missing. --rederive computes metric columns anew.");
    options.value("output,o", "FILE", "the aggregate to write")
        .flag("rederive", "FILE is an aggregate: compute its derived columns anew from spectra and moments")
        .value("table", "CSV", "also write the table of units there, as `export` does")
        .flag("json", "machine-readable summary")
        .positional("sources", 1, -1);
    if (!options.parse(arguments))
        return ExitCode::complete;
    const std::vector<std::string> texts = options.texts("sources");
    const std::vector<std::filesystem::path> sources(texts.begin(), texts.end());
    const auto output = options.text("output");
    if (!output && !options.has("rederive"))
        throw UsageError("the output is missing", "aggregate writes one file", "give it with -o FILE");
    if (options.has("rederive") && sources.size() != 1)
        throw UsageError("--rederive takes one aggregate");
    const results::AggregateSummary summary =
        options.has("rederive") ? results::rederive(sources[0], output.value_or(texts[0]), verdicts::judge())
                                : results::aggregate(sources, *output, verdicts::judge());
    if (const auto table = options.text("table"))
        results::export_csv(summary.file, results::CsvTable::units, std::filesystem::path(*table));
    if (options.has("json"))
        std::cout << to_json(summary).dump(1) << '\n';
    else
        std::cout << to_text(summary);
    if (!summary.broken_laws.empty())
        return ExitCode::internal;
    if (!summary.complete())
        return ExitCode::stopped;
    return summary.failed > 0 ? ExitCode::failed_units : ExitCode::complete;
}

}  // namespace specsweep::cli
