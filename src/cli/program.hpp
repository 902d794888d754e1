#pragma once

#include <span>
#include <string>

namespace specsweep::cli {

/// The whole program but for argv: finds the verb, runs it, turns every exception into one message and an exit code.
/// @param arguments without the program's name.
int run_program(std::span<const std::string> arguments);

}  // namespace specsweep::cli
