#pragma once

#include <limits>

namespace specsweep::metrics {

/// What `metrics: extended` measures with the matrix in memory (src/measure/extended.hpp). NaN: not defined, or a unit
/// of a group of ranks, which has none of it.
struct ExtendedMoments {
    static constexpr double none = std::numeric_limits<double>::quiet_NaN();

    double farms_alpha = none;          ///< power law of the pooled spectra of square submatrices
    double farms_alpha_mid = none;      ///< Hill's α of the upper half of the same
    double farms_hill_alpha = none;     ///< Hill's α of the upper tenth of the same
    double farms_blocks = none;         ///< how many submatrices
    double shuffled_sigma_max = none;   ///< σ₁ of the matrix with its elements in random order
    double shuffled_divergence = none;  ///< Jensen–Shannon distance of the spectra of both
    // Quantized units: angles in radians between leading singular subspaces of W and W̃.
    double subspace_rank = none;  ///< r
    double subspace_left_max = none;
    double subspace_left_mean = none;
    double subspace_right_max = none;
    double subspace_right_mean = none;
    double leading_left = none;  ///< the same for r = 1
    double leading_right = none;
};

}  // namespace specsweep::metrics
