#include "results/compare.hpp"

#include <iostream>

#include "base/json.hpp"
#include "base/text.hpp"
#include "cli/options.hpp"
#include "cli/verb.hpp"

namespace specsweep::cli {

ExitCode compare(Arguments arguments)
{
    Options options(
        "specsweep compare A B [--tolerance T] [--json]",
        "What differs between two result files: singular values beyond the sum of their bounds, other numbers\n"
        "beyond the tolerance, states, units that only one has. Exit code 1 if anything does.");
    options.flag("json", "machine-readable")
        .value("tolerance", "T", "relative, of moments without bounds of their own (default 1e-12)")
        .positional("files", 2, 2);
    if (!options.parse(arguments))
        return ExitCode::complete;
    double tolerance = 1e-12;
    if (const auto text = options.text("tolerance")) {
        const auto number = parse_double(*text);
        if (!number || !(*number >= 0))
            throw UsageError("--tolerance wants a number that is not negative", "'" + *text + "' is none");
        tolerance = *number;
    }
    const std::vector<std::string> files = options.texts("files");
    const results::Comparison found = results::compare(files[0], files[1], tolerance);
    if (options.has("json"))
        std::cout << to_json(found).dump(1) << '\n';
    else
        std::cout << to_text(found);
    return found.exit_code();
}

}  // namespace specsweep::cli
