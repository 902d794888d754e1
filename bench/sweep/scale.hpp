#pragma once

#include "base/json_forward.hpp"

namespace specsweep::bench {

/// Planning, submitting, watching and aggregating at 10⁴, 10⁵ and 10⁶ units of matrices that exist nowhere
/// (checkpoints × matrices × 125 quantizers; content digests are made up, so that none is read).
///
///   plan        expand, identify, price, cut and write; read: plan_from_text; outline: what Slurm's side reads
///   render      all scripts of 10⁴ shards at most
///   status      10³ and 10⁴ shard files
///   aggregate   40 shard files into one, against copying the same files (both from the page cache)
///
/// "growth" is how many times longer ten times as many take: 10 is linear. One rank; files go below TMPDIR.
Json bench_scale();

}  // namespace specsweep::bench
