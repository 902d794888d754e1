#pragma once

#include <optional>
#include <string>

#include "checkpoint/tensor_location.hpp"

namespace specsweep::checkpoint {

/// Why a tensor is no weight matrix, from dtype, shape and name alone: "bias", "norm", "scalar", "integer tensor",
/// "buffer: …", "not 2-D", "empty matrix". Nothing for a 2-D tensor of a weight dtype that is none of these.
std::optional<std::string> skip_reason(const TensorLocation& tensor);

}  // namespace specsweep::checkpoint
