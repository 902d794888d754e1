#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace specsweep::results {

/// Seconds that each unit took, by unit id, from the provenance file of an aggregate. Empty when there is no such file.
/// @throws InputError when there is one and it is not a provenance file.
std::map<std::string, double> unit_seconds(const std::filesystem::path& provenance);

}  // namespace specsweep::results
