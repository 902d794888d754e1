#include "results/status.hpp"

#include <iostream>

#include "base/json.hpp"
#include "cli/options.hpp"
#include "cli/verb.hpp"

namespace specsweep::cli {

ExitCode status(Arguments arguments)
{
    Options options("specsweep status FILE|DIR|PLAN [--json]",
                    "How many units are done, pending, failed or stale, and why.");
    options.flag("json", "machine-readable").positional("what", 1, 1);
    if (!options.parse(arguments))
        return ExitCode::complete;
    const results::Status found = results::status(options.texts("what")[0]);
    if (options.has("json"))
        std::cout << to_json(found).dump(1) << '\n';
    else
        std::cout << to_text(found);
    return ExitCode::complete;
}

}  // namespace specsweep::cli
