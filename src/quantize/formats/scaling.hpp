#pragma once

namespace specsweep::quantize {

/// How w is brought to the grid of codes: x = fl(w/s) or fl(w·s); where the factor also decodes, ŵ = fl(q/s).
enum class Scaling { divide, multiply, multiply_and_divide };

}  // namespace specsweep::quantize
