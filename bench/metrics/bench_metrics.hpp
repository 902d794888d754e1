#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json_forward.hpp"

namespace specsweep::bench {

struct MetricsBenchOptions {
    std::int64_t values = 100000;                ///< of the sample that power laws are fitted to
    std::vector<std::int64_t> sizes{768, 1024};  ///< of square matrices
    int repeats = 3;                             ///< the fastest counts
    std::string python;                          ///< an interpreter with the package powerlaw; empty: python3
};

/// Two ratios (architecture.md §8), CPU time of one thread, both sides in this run:
///
///   fit     the package powerlaw / fit_power_law on the same Pareto sample, every value a candidate for both (the
///           package is timed on as many candidates as it does in a minute, and its time taken in proportion); −1 where
///           it is not installed
///   share   all metrics of a reference and of a quantized unit / spectrum of one such unit, by size
///
/// Result: {"values", "fit_seconds", "powerlaw_seconds", "fit_ratio", "sizes": [{"k", "metrics_seconds",
/// "spectrum_seconds", "share"}]}.
Json bench_metrics(const MetricsBenchOptions& options);

}  // namespace specsweep::bench
