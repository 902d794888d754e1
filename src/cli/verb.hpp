#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace specsweep::cli {

using Arguments = std::span<const std::string>;

/// One word of `specsweep WORD …`: a plain function from arguments to an exit code.
struct Verb {
    std::string_view name;
    std::string_view summary;
    ExitCode (*run)(Arguments);
};

/// All verbs in the order of the help page.
std::span<const Verb> verbs();

ExitCode inspect(Arguments);
ExitCode formats(Arguments);
ExitCode plan(Arguments);
ExitCode run(Arguments);
ExitCode status(Arguments);
ExitCode aggregate(Arguments);
ExitCode export_table(Arguments);
ExitCode report(Arguments);
ExitCode compare(Arguments);
ExitCode verify(Arguments);
ExitCode allocate(Arguments);
ExitCode quantize_checkpoint(Arguments);
ExitCode bench(Arguments);
ExitCode slurm(Arguments);

}  // namespace specsweep::cli
