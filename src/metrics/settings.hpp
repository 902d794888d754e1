#pragma once

#include <cstdint>

namespace specsweep::metrics {

/// What metrics depend on beside the data.
struct MetricSettings {
    double tolerance = 1e-4;  ///< relative; a value is resolved when its bound is at most tolerance·σ
    std::uint64_t seed = 0;   ///< of permutations and resampling
};

}  // namespace specsweep::metrics
