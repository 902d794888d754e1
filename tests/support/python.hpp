#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace specsweep {

struct PythonResult {
    int exit_code = 0;   ///< 128 + signal when killed
    std::string output;  ///< stdout and stderr, as they came
};

/// Runs Python text with the interpreter that CMake found (it has numpy and h5py): an oracle written by others.
/// @param arguments become sys.argv[1:].  @throws std::runtime_error when nothing could be started.
PythonResult run_python(std::string_view code, const std::vector<std::string>& arguments = {});

/// False when the build found no interpreter with h5py: skip the test then.
bool python_is_available();

}  // namespace specsweep
