#pragma once

#include <cstdint>

namespace specsweep::quantize {

/// The searches of llama.cpp (quantization.md §5.7; ggml-quants.c). Every sum is a sequential binary32 sum in the order
/// of the elements, and every product rounds on its own: only so the codes are those of llama.cpp. Each function
/// decodes `blocks` blocks, several side by side.

/// IQ4_NL, 32 weights: scale by weighted least squares (weights w²) for the table's entries next to w/d; 15 starting
/// points, then the codes of the best scale, which is stored as fp16.
void decode_iq4_nl(const float* weights, std::int64_t blocks, float* decoded);

/// IQ4_NL as ggml's reference row function makes it: one starting point, codes of that.
void decode_iq4_nl_reference(const float* weights, std::int64_t blocks, float* decoded);

/// Q4_K, 256 weights in 8 sub-blocks: scale and minimum of each by weighted least squares over 21 steps, both coded in
/// 6 bits relative to the largest, whose 63rd part is stored as fp16.
void decode_q4_k(const float* weights, std::int64_t blocks, float* decoded);

/// Q6_K, 256 weights in 16 sub-blocks: symmetric scale of each by weighted least squares (weights w²) over 19 steps,
/// coded in 8 bits relative to the largest, which is stored as fp16.
void decode_q6_k(const float* weights, std::int64_t blocks, float* decoded);

}  // namespace specsweep::quantize
