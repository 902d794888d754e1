#pragma once

#include <optional>
#include <vector>

#include "checkpoint/architecture.hpp"
#include "checkpoint/matrix.hpp"
#include "checkpoint/model_sizes.hpp"
#include "checkpoint/tensor_location.hpp"

namespace specsweep::checkpoint {

/// The logical matrices of one tensor, after its shape was checked against config.json; none when it has no elements.
/// @throws InputError naming tensor, its shape, and the config's keys and numbers that say otherwise; also when the
///         config does not say how a fused tensor is cut.
std::vector<Matrix> cut(const MatrixRule& rule, const NamePattern::Match& match, const TensorLocation& tensor,
                        const ModelSizes& sizes);

}  // namespace specsweep::checkpoint
