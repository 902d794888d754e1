#pragma once

#include <string>
#include <vector>

#include "base/dtype.hpp"
#include "checkpoint/role.hpp"
#include "checkpoint/slice.hpp"

namespace specsweep::checkpoint {

/// One logical weight matrix [out, in]: a tensor, or a slice of a fused one.
struct Matrix {
    std::string name;    ///< the tensor's name, with "#slice" for a part
    std::string tensor;  ///< as in the file
    Slice slice;
    Role role = Role::other;
    int block_index = -1;  ///< -1: outside any block
    int expert = -1;       ///< -1: no expert
    DType dtype = DType::f32;
    std::string packing = {};  ///< "gptq" … where the file holds codes that are decoded; empty for plain weights
};

/// A tied tensor that is listed under another name.
struct Alias {
    std::string name, of;
    bool in_file = false;  ///< the file holds a second copy with the same bits; false: only config or family imply it
};

/// A tensor that is no matrix to analyse.
struct SkippedTensor {
    std::string tensor, reason;
};

/// What a checkpoint holds.
struct Inventory {
    std::string model_type;
    std::vector<Matrix> matrices;  ///< sorted by tensor name (numbers by value), slices in the order of their table
    std::vector<Alias> aliases;
    std::vector<SkippedTensor> skipped;
    std::vector<std::string> warnings;
};

}  // namespace specsweep::checkpoint
