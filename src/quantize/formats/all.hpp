#pragma once

#include "quantize/format.hpp"

namespace specsweep::quantize {

// One function a family, each in the file of its name; docs/quantizers.md has one section for each.
Format int_format();
Format uniform_format();
Format nvfp4_format();
std::vector<Format> mx_formats();  ///< mxfp4, mxfp6, mxfp8, mxint8
Format fp8_format();
Format bf16_format();
Format fp16_format();
Format fp_format();
std::vector<Format> table_formats();  ///< nf4, af4, bnb-fp4
Format binary_format();
Format ternary_format();
Format kmeans_format();
std::vector<Format> magnitude_formats();    ///< log2, apot, lloyd, mulaw
std::vector<Format> ggml_simple_formats();  ///< q8_0, q4_0, q4_1, q5_0, q5_1
std::vector<Format> ggml_search_formats();  ///< iq4_nl, q4_k, q6_k

Format checkpoint_format();

}  // namespace specsweep::quantize
