#pragma once

#include "base/json_forward.hpp"

namespace specsweep::bench {

/// Aggregating shard files of 125 units a matrix, as a run leaves them, against copying them, for matrices of several
/// sizes, verdicts included; both without and both with fsync. The best of `repeats`, out of the page cache, into files
/// that are not there yet. And how memory grows with the number of units. One process.
Json bench_aggregate(int repeats);

}  // namespace specsweep::bench
