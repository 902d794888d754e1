#pragma once

#include <cstdint>

namespace specsweep::bench {

/// Flops per second of dgemm on n × n matrices, one thread, the best of a few repeats: what this core could do.
double gemm_rate(std::int64_t n);

}  // namespace specsweep::bench
