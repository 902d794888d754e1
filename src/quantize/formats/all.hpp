#pragma once

#include "quantize/format.hpp"

namespace specsweep::quantize {

// One function a family, each in the file of its name; docs/quantizers.md has one section for each.
Format int_format();
Format uniform_format();
Format nvfp4_format();

}  // namespace specsweep::quantize
