#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace specsweep::cli {

/// Where the Python package of analysis/ may lie, best first: beside an installed program
/// (../share/specsweep/analysis), in the source tree that the program was built from, at the place that CMake was told
/// to install to.
/// @param program the running program's own path
std::vector<std::filesystem::path> analysis_folders(const std::filesystem::path& program);

/// The first of the folders that holds the package. @throws IoError naming where it was looked for.
std::filesystem::path find_analysis(const std::vector<std::filesystem::path>& folders);

/// A Python that finds h5py, numpy and pandas, and matplotlib too where one of them does. Tried in order:
/// SPECSWEEP_PYTHON (alone when it is set), python3 on PATH, /usr/bin/python3.
/// @throws IoError when none has the three, saying what each of them lacks.
std::string find_python();

/// Replaces this process by `python -m MODULE arguments…` with `folder` first on its module path. Returns only by
/// throwing.
[[noreturn]] void become_python(const std::string& python, const std::filesystem::path& folder,
                                const std::string& module, const std::vector<std::string>& arguments);

}  // namespace specsweep::cli
