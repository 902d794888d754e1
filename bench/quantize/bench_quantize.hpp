#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json_forward.hpp"

namespace specsweep::bench {

struct QuantizeBenchOptions {
    std::int64_t rows = 256;         ///< of the panel: what the engine asks for
    std::int64_t cols = 4096;        ///< 4 MiB, which a cache may hold
    std::int64_t wide_cols = 14336;  ///< 14 MiB, twice that with the output: an mlp_down of eight billion weights
    std::int64_t small_rows = 1536;  ///< of an mlp_up of all-MiniLM-L6-v2, a short side of 384
    std::int64_t small_cols = 384;
    int repeats = 15;                ///< the fastest counts
    std::vector<std::string> texts;  ///< quantizers; empty: one or more of every kind
};

/// Quantizers on one panel of fp32 Gaussian weights against memcpy of the same panel, one thread, in one run
/// (architecture.md §8). For each quantizer:
///   ratio     memcpy seconds / quantizer seconds
///   weights_per_second
///   avx2_ratio, portable_ratio    the same with AVX2 at most, and without AVX: what vector registers bring
///   nanoseconds_per_weight, avx2_nanoseconds_per_weight
/// Result: {"rows", "cols", "memcpy_bytes_per_second", "instruction_set", "quantizers": [{"quantizer", …}], "wide": the
/// same of the wider panel, "small": of a small one, formats that search or draw random numbers}.
Json bench_quantize(const QuantizeBenchOptions& options);

/// The same as a table for people.
std::string quantize_bench_table(const Json& result);

}  // namespace specsweep::bench
