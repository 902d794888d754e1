#pragma once

#include <cstdint>

#include "sweep/plan.hpp"

namespace specsweep::bench {

struct SyntheticSize {
    int checkpoints = 1, matrices = 1;  ///< matrices of each checkpoint
    std::int64_t side = 64;             ///< all are square
    int shards = 1;
    bool quantizers = true;  ///< 124 beside the reference, or none
};

/// What make_plan() gives, without a checkpoint to read.
sweep::Plan synthetic_plan(const SyntheticSize&);

}  // namespace specsweep::bench
