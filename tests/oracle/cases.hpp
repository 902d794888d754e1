#pragma once

#include <string>
#include <vector>

#include "spectrum/dense_source.hpp"

namespace specsweep::oracle {

enum class Origin { synthetic, checkpoint, quantized };

/// A matrix of the calibration set. Entries are fp32 numbers and functions of the name alone.
struct Case {
    std::string name;  ///< unique, one word
    Origin origin;
    spectrum::DenseMatrix matrix;
};

/// The whole set: Gaussian, power laws σ_k ∝ k^(−β), outlier columns, rank-deficient, graded, the families of
/// tests/spectrum, matrices of the checkpoint in examples/, and that checkpoint through every kind of quantizer.
/// k ≤ 300 but for a few that show how the slack grows.
std::vector<Case> all_cases();

}  // namespace specsweep::oracle
