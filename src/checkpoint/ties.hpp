#pragma once

#include <functional>
#include <map>
#include <string>

#include "checkpoint/architecture.hpp"
#include "checkpoint/matrix.hpp"
#include "checkpoint/model_config.hpp"
#include "checkpoint/tensor_location.hpp"

namespace specsweep::checkpoint {

/// Whether two tensors of equal shape and dtype hold the same bytes.
using SameBits = std::function<bool(const TensorLocation&, const TensorLocation&)>;

using TensorMap = std::map<std::string, TensorLocation, std::less<>>;

/// Lists tied tensors once: under the name that the file holds, the embedding's when it holds both with equal bits;
/// the other becomes an alias. Tensors that should be tied but differ stay two matrices, and a warning says so.
/// @param architecture nullptr for an unknown model_type: then an lm_head that equals an embedding is its alias.
void resolve_ties(Inventory& inventory, const TensorMap& tensors, const Architecture* architecture,
                  const ModelConfig& config, const SameBits& same_bits);

}  // namespace specsweep::checkpoint
