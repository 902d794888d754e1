#pragma once

#include <filesystem>
#include <span>
#include <vector>

namespace specsweep::results {

/// Result files among `sources`: files as they are; of a folder its *.h5 in the order of their names, without hidden
/// files and *.provenance.h5, and shards only where there are any. @throws IoError when a source does not exist.
std::vector<std::filesystem::path> result_files(std::span<const std::filesystem::path> sources);

/// Whether a name is that of a result file, by its form.
bool looks_like_result_file(const std::filesystem::path&);

/// "results/NAME.h5" → "results/NAME.provenance.h5"
std::filesystem::path provenance_path(const std::filesystem::path& aggregate);

}  // namespace specsweep::results
