#pragma once

#include <vector>

#include "base/json_forward.hpp"
#include "checkpoint/tensor_location.hpp"

namespace specsweep::checkpoint {

/// Puts one decoded weight ("….weight", F32, with a Packing) in the place of every group of tensors that is an already
/// quantized weight in a layout that PackedReader decodes; everything else stays. Layouts are recognised by names,
/// dtypes and shapes, which must fit exactly; groups that do not fit are left as they are (and are skipped later, with
/// a reason). Reads the small quant_state of bitsandbytes.
/// @param config config.json, for GPTQ's "checkpoint_format"; may be null.
std::vector<TensorLocation> with_packings(std::vector<TensorLocation> tensors, const Json& config);

}  // namespace specsweep::checkpoint
