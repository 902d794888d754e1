#pragma once

#include "base/json_forward.hpp"

namespace specsweep::bench {

/// Aggregating 40 shard files of 125 units a matrix against copying them, for matrices of several sizes, verdicts
/// included. Both are timed out of the page cache, and with the bytes on the disk (fsync) as well; the best of
/// `repeats`. One process.
Json bench_aggregate(int repeats);

}  // namespace specsweep::bench
