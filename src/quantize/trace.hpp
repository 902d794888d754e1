#pragma once

#include <vector>

namespace specsweep::quantize {

/// What a quantizer decided, for tests against public references. Values, not bit patterns: an E2M1 element is its
/// value (−0 kept), an integer element its code, an E8M0 scale the power of two.
struct Trace {
    std::vector<float> codes;         ///< one an element, row-major
    std::vector<float> scales;        ///< one a block, row-major over blocks
    std::vector<float> zero_points;   ///< one a block; empty where the format has none
    std::vector<float> minima;        ///< ggml formats with a minimum: one a block
    std::vector<float> scale_codes;   ///< double quantization: code of each block's scale
    std::vector<float> outer_scales;  ///< double quantization: scale of each group of scales
};

}  // namespace specsweep::quantize
