#pragma once

#include <span>

#include "checkpoint/architecture_registry.hpp"
#include "checkpoint/matrix.hpp"
#include "checkpoint/model_config.hpp"
#include "checkpoint/tensor_location.hpp"
#include "checkpoint/ties.hpp"

namespace specsweep::checkpoint {

/// What a list of tensors holds, by the registry's description of config's model_type: pure but for `same_bits`, which
/// is asked for tensors that may be tied.
///
/// An unknown model_type still works: every 2-D tensor of a weight dtype is one matrix [out, in], roles are guessed
/// from names, one warning says so.
/// @throws InputError: config and shapes disagree (both are named), a tensor name twice.
Inventory make_inventory(std::span<const TensorLocation> tensors, const ModelConfig& config,
                         const ArchitectureRegistry& registry, const SameBits& same_bits);

}  // namespace specsweep::checkpoint
