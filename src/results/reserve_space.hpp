#pragma once

#include <cstdint>
#include <filesystem>

namespace specsweep::results {

/// Makes sure that a file of `bytes` fits at `path`: allocates it for real, then removes it again.
/// @throws IoError: no space, file size limit, quota, no permission. The file is gone in every case.
void require_space(const std::filesystem::path& path, std::int64_t bytes);

}  // namespace specsweep::results
