#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/dtype.hpp"

namespace specsweep::checkpoint {

struct Packing;

/// Where the bytes of one stored tensor lie. Of a tensor list without files, `file` is empty.
struct TensorLocation {
    std::string name;
    std::filesystem::path file;
    std::int64_t offset = 0;  ///< of the first byte, from the start of the file
    std::int64_t bytes = 0;   ///< elements · bits(dtype) / 8
    DType dtype = DType::f32;
    std::vector<std::int64_t> shape;  ///< row-major; empty for a 0-dimensional tensor
    /// Set for a weight that is stored quantized, in several tensors: then dtype is F32 and shape is that of the
    /// decoded matrix, while file, offset and bytes are those of the codes.
    std::shared_ptr<const Packing> packing = {};
};

}  // namespace specsweep::checkpoint
