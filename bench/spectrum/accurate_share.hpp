#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/json_forward.hpp"

namespace specsweep::bench {

/// How many units of a checkpoint need the accurate path (architecture.md §4.3), for each tolerance: every matrix (but
/// those with more than `most_rows` rows) as stored and with every quantizer. The Gram route is computed once for each
/// unit. Result: {"checkpoint", "units", "rows": [{"tolerance", "accurate", "share"}]}.
/// @throws what opening, reading and quantizing throw.
Json accurate_path_share(const std::filesystem::path& checkpoint, const std::vector<std::string>& quantizers,
                         const std::vector<double>& tolerances = {1e-3, 1e-4, 1e-6}, std::int64_t most_rows = 8192);

}  // namespace specsweep::bench
