#pragma once

#include <memory>

#include "quantize/quantizer.hpp"

namespace specsweep::quantize {

/// The quantizer "reference": Ŵ = W (−0 made +0), 32 bits per weight.
std::unique_ptr<const Quantizer> make_identity();

}  // namespace specsweep::quantize
