#include <iostream>

#include "base/format.hpp"
#include "base/text.hpp"
#include "cli/options.hpp"
#include "cli/verb.hpp"
#include "results/export_csv.hpp"

namespace specsweep::cli {

ExitCode export_table(Arguments arguments)
{
    Options options("specsweep export FILE --table units|spectra|timing|verdicts|ww-compat|powerlaw [-o CSV]",
                    "A flat table of a result file as CSV (docs/result_file.md), to the file or to stdout.");
    options
        .value("table", "NAME",
               "units (default), spectra, timing, verdicts, ww-compat (WeightWatcher's columns) or\n"
               "powerlaw (three conventions)")
        .value("bootstrap", "N", "table powerlaw: N samples of the goodness-of-fit test (seeded; slow)")
        .value("minimum-tail", "N", "table powerlaw: only tails of at least N values (50 is a usual demand)")
        .flag("ww-compat", "short for --table ww-compat")
        .value("output,o", "CSV", "file to write; without it stdout")
        .positional("file", 1, 1);
    if (!options.parse(arguments))
        return ExitCode::complete;
    const std::string table = options.text("table").value_or(options.has("ww-compat") ? "ww-compat" : "units");
    const auto kind = results::parse_csv_table(table);
    if (!kind)
        throw UsageError(fmt::format("there is no table '{}'", table), {}, suggest(table, results::csv_table_names()));
    const std::string file = options.texts("file")[0];
    const results::ExportOptions extra{.bootstrap = options.integer("bootstrap").value_or(0),
                                       .minimum_tail = options.integer("minimum-tail").value_or(0)};
    for (const char* name : {"bootstrap", "minimum-tail"})
        if (const auto given = options.integer(name); given && (*given <= 0 || *kind != results::CsvTable::powerlaw))
            throw UsageError(fmt::format("--{} takes a positive number and goes with --table powerlaw", name));
    if (const auto output = options.text("output"))
        results::export_csv(file, *kind, std::filesystem::path(*output), extra);
    else
        results::export_csv(file, *kind, std::cout, extra);
    return ExitCode::complete;
}

}  // namespace specsweep::cli
