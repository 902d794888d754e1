#pragma once

#include <cstdint>
#include <vector>

namespace specsweep::run {

/// How well the cost model did: measured / predicted seconds over the units of a run.
struct PredictionError {
    std::int64_t units = 0;
    double median = 0;
    double worst = 0;  ///< the ratio farthest from 1, either way (in the logarithm)
};

/// @param ratios measured / predicted, > 0; order does not matter.
PredictionError prediction_error(std::vector<double> ratios);

}  // namespace specsweep::run
