#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "results/contents.hpp"

namespace specsweep::results {

struct Salvage {
    std::int64_t kept = 0;
    std::vector<std::int64_t> damaged;  ///< rows that had a result which could not be kept
    std::filesystem::path old_file;     ///< where the damaged file is now
};

/// Replaces a shard file that HDF5 or its checks refuse by a fresh one that holds its intact units.
///
/// The layout is a pure function of the plan's units: where the old file still has bytes, they are read at the places
/// that the fresh file shows, and a unit is kept when its id and its CRC fit. The old file stays as NAME.damaged.
/// @throws InputError when not one unit id stands where it should: the file is something else, or cut too short.
Salvage salvage_shard_file(const std::filesystem::path& path, const Contents&, const std::string& provenance,
                           const std::string& problem);

struct Upgrade {
    std::int64_t kept = 0;
    std::filesystem::path old_file;
};

/// Replaces a shard file of an older format_version by one of the newest that holds its intact units; what the older
/// format does not know has no value there. The old file stays as NAME.format-VERSION.
/// @pre its tables are those of `contents`. @throws InputError, IoError as ResultFile::open()
Upgrade upgrade_shard_file(const std::filesystem::path& path, const Contents&, const std::string& provenance);

}  // namespace specsweep::results
