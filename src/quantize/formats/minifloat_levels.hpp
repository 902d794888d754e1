#pragma once

#include <vector>

#include "base/minifloat.hpp"

namespace specsweep::quantize {

/// All values of a small float, ascending, one zero.
std::vector<float> minifloat_levels(const Minifloat& format);

}  // namespace specsweep::quantize
