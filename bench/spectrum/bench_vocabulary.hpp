#pragma once

#include <vector>

#include "base/json_forward.hpp"
#include "bench/spectrum/bench_spectrum.hpp"

namespace specsweep::bench {

struct VocabularyBenchOptions {
    std::vector<Shape> shapes{{50257, 768}, {151936, 896}};  ///< GPT-2, Qwen2.5-0.5B; ascending: peaks only grow
    int repeats = 3;                                         ///< the fastest counts
};

/// The embedding of a large vocabulary as one unit of a sweep: its bytes verified, read from a BF16 file (written to
/// TMPDIR just before, so that it lies in the page cache), widened, its range, its energy, its certified spectrum.
/// Wall seconds, one thread, buffers new each time. For each shape:
///   pass    mn² flops at the dgemm rate of order n, the larger of before and after
///   ratio   unit seconds / pass seconds
///   peak_bytes, allowed_bytes   of the process; 8k² + panels (spectrum::working_set_bytes) + 100 MB
/// Result: {"rows": [{"rows", "cols", "unit_seconds", "read_seconds", …}]}. @throws IoError
Json bench_vocabulary(const VocabularyBenchOptions& options);

}  // namespace specsweep::bench
