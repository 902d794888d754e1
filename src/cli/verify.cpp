#include "results/verify.hpp"

#include <iostream>

#include "base/json.hpp"
#include "cli/options.hpp"
#include "cli/verb.hpp"

namespace specsweep::cli {

ExitCode verify(Arguments arguments)
{
    Options options(
        "specsweep verify FILE [--json]",
        "Checks a result file again from its own bytes: CRCs, the plan's hash, every self-check. Writes nothing.\n"
        "Exit code 0: nothing off, 65: something is.");
    options.flag("json", "machine-readable").positional("file", 1, 1);
    if (!options.parse(arguments))
        return ExitCode::complete;
    const results::Verification found = results::verify(options.texts("file")[0]);
    if (options.has("json"))
        std::cout << to_json(found).dump(1) << '\n';
    else
        std::cout << to_text(found);
    return found.exit_code();
}

}  // namespace specsweep::cli
