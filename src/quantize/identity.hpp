#pragma once

#include <memory>

#include "quantize/quantizer.hpp"

namespace specsweep::quantize {

/// The quantizer "reference": Ŵ = W (−0 made +0).
std::unique_ptr<const Quantizer> make_identity(double bits_per_weight = 32);

}  // namespace specsweep::quantize
