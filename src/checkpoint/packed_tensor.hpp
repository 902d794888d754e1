#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "checkpoint/tensor_location.hpp"

namespace specsweep::checkpoint {

/// Finds a tensor of the same checkpoint by name; nullptr when there is none.
using FindTensor = std::function<const TensorLocation*(std::string_view name)>;

/// Recognises already quantized tensors by their dtype and by the tensors that stand beside them: MXFP4 blocks and
/// scales (gpt-oss), GPTQ and AWQ (qweight), bitsandbytes (absmax, SCB), compressed-tensors (weight_packed), NVFP4 and
/// FP8 codes with weight_scale, MLX. Their bytes are codes, not weights: an analysis needs them decoded first.
/// @return "packed quantized tensor (…)", "scales of a packed quantized tensor", or nothing.
std::optional<std::string> packed_reason(const TensorLocation& tensor, const FindTensor& find);

}  // namespace specsweep::checkpoint
