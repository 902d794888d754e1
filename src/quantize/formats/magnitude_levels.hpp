#pragma once

#include "quantize/formats/magnitude_scheme.hpp"

namespace specsweep::quantize {

/// Additive powers of two of b bits, b − 1 of them for the magnitude: sums of one power from each of up to three sets,
/// divided by their maximum. @pre 3 ≤ bits ≤ 7. Source: arXiv 1909.13144 and its repository (quantization.md §5.4).
MagnitudeLevels apot_levels(int bits);

/// µ-law with µ = 255: ((1+µ)^(q/M) − 1)/µ, q = 0 … M = 2^(b−1) − 1; thresholds at q + ½ (quantization.md §5.6).
MagnitudeLevels mulaw_levels(int bits);

/// Lloyd–Max quantizer of 2^b levels for N(0, 1), symmetric and without zero (quantization.md §5.5): each level the
/// mean of its cell, each threshold the middle of two levels. Newton's method on the 2^(b−1) positive levels.
MagnitudeLevels lloyd_levels(int bits);

}  // namespace specsweep::quantize
