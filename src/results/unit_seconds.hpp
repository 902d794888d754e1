#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace specsweep::results {

/// Unit id → seconds it took, from a provenance file; empty when there is none. What was never timed is left out.
/// @throws InputError: the file is damaged
std::map<std::string, double> unit_seconds(const std::filesystem::path& provenance);

}  // namespace specsweep::results
