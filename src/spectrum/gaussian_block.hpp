#pragma once

#include <cstdint>

#include "linalg/matrix_view.hpp"

namespace specsweep::spectrum {

/// Independent standard normal entries, each a function of (seed, i, j) alone: the same on every rank and in any order.
///
/// Two uniforms from the SplitMix64 finaliser of a counter (Steele, Lea & Flood 2014), then Box & Muller 1958.
void fill_gaussian(linalg::MatrixView block, std::uint64_t seed);

}  // namespace specsweep::spectrum
