#pragma once

#include <filesystem>

#include "results/result_file.hpp"

namespace specsweep::results {

/// Reads every result once and compares its CRC, and that of the tables: for programs that show numbers of a file which
/// may have been damaged since it was written. Derived columns have none (`verify` derives them again).
/// @throws InputError naming the first unit that does not fit
void require_intact(const ResultFile&);

/// The same of a file by its name. What cannot be opened at all is left to whoever opens it next.
void require_intact_if_readable(const std::filesystem::path&);

}  // namespace specsweep::results
