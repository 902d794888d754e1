#pragma once

#include "base/json_forward.hpp"

namespace specsweep::bench {

/// Aggregating shard files of 125 units a matrix, as a run leaves them, against copying them, for matrices of several
/// sizes, verdicts included. The aggregate is on the disk (fsync) when it is done; the copy is timed with and without
/// that. The best of `repeats`, out of the page cache. And how memory grows with the number of units. One process.
Json bench_aggregate(int repeats);

}  // namespace specsweep::bench
