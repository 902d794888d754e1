#pragma once

#include <cstdint>

#include "hdf5/file.hpp"
#include "results/contents.hpp"

namespace specsweep::results {

/// Fills /derived for rows first … last − 1 of a shard file that is open for writing: every done unit whose reference
/// is done and that has no fitting values yet. Left to whoever aggregates: units that contradict their reference (they
/// are to fail there), and those whose reasons are longer than the column. Independent of other ranks, which must not
/// write these rows meanwhile; all that was written before must be visible.
/// @return how many units got values
std::int64_t derive_rows(hdf5::File&, const Contents&, std::int64_t first, std::int64_t last);

}  // namespace specsweep::results
