#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "results/contents.hpp"
#include "results/unit_result.hpp"

namespace specsweep::results {

/// What a shard file holds when a run opens it. Rows are rows of the file.
struct ResumePoint {
    std::vector<UnitState> states;
    std::vector<std::int64_t> damaged;  ///< had a result whose CRC does not fit: pending again
    std::int64_t run_slot = 0;          ///< of /provenance/runs that this opening may fill
};

/// Makes `path` a shard file that a run can go on with: creates it, or verifies the one that is there. One rank.
///
///   no file                         a new one, everything pending
///   same sweep, same units          every CRC verified; rows that share an id brought to the same state
///   truncated, or static part or structure damaged
///                                   a fresh file with the units that are intact (see salvage.hpp)
///
/// @throws UsageError: another sweep (both are named), another cut, no shard file;  InputError: nothing can be read
ResumePoint create_or_resume(const std::filesystem::path& path, const Contents&, const std::string& provenance);

/// Rows with the same id, for each first of them.
std::vector<std::vector<std::int64_t>> rows_by_id(const Contents&);

}  // namespace specsweep::results
