#pragma once

#include <cstdint>

#include "base/hash.hpp"
#include "checkpoint/slice.hpp"

namespace specsweep::measure {

/// What stochastic rounding and random rotations of one matrix are keyed by: XXH3 of the sweep's seed, the tensor's
/// content and the slice. Equal matrices get equal numbers wherever they lie; matrices of equal shape do not share
/// them.
std::uint64_t random_key(std::uint64_t seed, const Digest128& content, const checkpoint::Slice& slice);

}  // namespace specsweep::measure
