#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "checkpoint/matrix.hpp"
#include "checkpoint/tensor_location.hpp"
#include "cli/quantized_checkpoint.hpp"
#include "measure/measure_unit.hpp"

namespace specsweep::cli {

/// The selected matrices of each stored tensor, by the tensor's name.
using SelectedMatrices = std::map<std::string, std::vector<const checkpoint::Matrix*>, std::less<>>;

/// Writes one safetensors file anew: `from` with Q(W) in the place of selected matrices, tensors in the same order.
/// Adds to `outcome`.
void write_quantized_shard(const std::filesystem::path& from, const std::filesystem::path& to,
                           const SelectedMatrices& selected, const QuantizeRequest& request, measure::UnitMeter& meter,
                           QuantizeOutcome& outcome);

}  // namespace specsweep::cli
