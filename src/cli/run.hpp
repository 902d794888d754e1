#pragma once

#include <filesystem>

#include "run/run_sweep.hpp"

namespace specsweep::cli {

/// What `run` prints at its end: a row for each matrix and quantizer of an aggregate (at most `most`), then counts.
std::string result_table(const std::filesystem::path& aggregate, std::size_t most);

/// Counts, reasons of failures, the file and what to do next.
std::string closing_lines(const run::SweepOutcome& outcome);

}  // namespace specsweep::cli
