#pragma once

#include "base/hash.hpp"
#include "checkpoint/tensor_location.hpp"

namespace specsweep::checkpoint {

/// XXH3-128 of all bytes of the tensor, streamed through a bounded buffer; of a weight that is stored quantized, of the
/// kind of packing and all its parts. @throws IoError
Digest128 content_digest(const TensorLocation& location);

}  // namespace specsweep::checkpoint
