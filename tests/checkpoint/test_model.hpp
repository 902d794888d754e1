#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "checkpoint/inventory.hpp"
#include "checkpoint/matrix.hpp"
#include "checkpoint/tensor_location.hpp"

namespace specsweep::checkpoint {

/// A tensor of a list without files.
inline TensorLocation listed(std::string name, std::vector<std::int64_t> shape, DType dtype = DType::f32)
{
    TensorLocation tensor{.name = std::move(name), .file = {}, .dtype = dtype, .shape = std::move(shape)};
    tensor.bytes = bits(dtype);
    for (const std::int64_t extent : tensor.shape)
        tensor.bytes *= extent;
    tensor.bytes /= 8;
    return tensor;
}

inline bool never_same(const TensorLocation&, const TensorLocation&)
{
    return false;
}

inline bool always_same(const TensorLocation&, const TensorLocation&)
{
    return true;
}

inline Inventory inventory_of(const std::vector<TensorLocation>& tensors, std::string_view config,
                              const SameBits& same_bits = never_same,
                              const ArchitectureRegistry& registry = ArchitectureRegistry::builtin())
{
    return make_inventory(tensors, ModelConfig::parse(config, "config.json"), registry, same_bits);
}

inline const Matrix* find_matrix(const Inventory& inventory, std::string_view name)
{
    for (const Matrix& matrix : inventory.matrices)
        if (matrix.name == name)
            return &matrix;
    return nullptr;
}

}  // namespace specsweep::checkpoint
