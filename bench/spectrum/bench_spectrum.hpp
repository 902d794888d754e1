#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json_forward.hpp"
#include "spectrum/method.hpp"

namespace specsweep::bench {

struct Shape {
    std::int64_t rows = 0;
    std::int64_t cols = 0;
};

struct SpectrumBenchOptions {
    std::vector<Shape> shapes{{768, 768}, {3072, 768}, {2048, 2048}, {5632, 2048}};
    int repeats = 3;  ///< the fastest counts
    spectrum::Method method = spectrum::Method::automatic;
};

/// The engine against LAPACK's dgesdd('N') on the same matrix, one BLAS thread, in one run (architecture.md §8).
///
/// Seconds are those of the thread, so that other processes on the machine disturb less. Gaussian weights rounded to
/// bf16; the engine's time includes reading (a copy) and widening, dgesdd's does not include making its fp64 matrix.
/// For each shape:
///   ratio     dgesdd seconds / engine seconds
///   fraction  (mn² + 4/3 n³ flops at the dgemm rate of order n, the larger of before and after) / engine seconds
///   worst     largest |Δσ_k| / (bound + 4ε√m σ₁) against dgesdd: above 1 something is wrong
/// Result: {"name", "blas", "instruction_set", "rows": [{"rows", "cols", "method", "engine_seconds", …}]}.
Json bench_spectrum(const SpectrumBenchOptions& options);

/// The same as a table for people.
std::string spectrum_bench_table(const Json& result);

}  // namespace specsweep::bench
