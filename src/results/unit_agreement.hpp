#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "results/contents.hpp"
#include "results/unit_result.hpp"

namespace specsweep::results {

/// One number of two results of the same unit that differs by more than it may.
struct Disagreement {
    std::string column;  ///< "sigma", "sigma_count", or a moment
    std::int64_t k = 0;  ///< of sigma, from 1
    double left = 0, right = 0;
    double beyond = 0;  ///< |left − right| over what is allowed; inf where nothing is
};

/// How far two results of one done unit agree.
///
///   |σ_k − σ'_k| ≤ e_k + e'_k          |F² − F'²| ≤ sum of their bounds
///   ‖E‖_F²: 2(mn + 4)·2⁻⁵³ relative    ⟨W,E⟩: the same, relative to ‖W̃‖_F ‖E‖_F + ‖E‖_F² (≥ ‖W‖_F ‖E‖_F)
///   ‖E‖_max and counts: equal          (quantizers are bit-exact everywhere; only sums may differ)
struct UnitAgreement {
    bool identical = false;  ///< every bit of spectrum, bounds and moments
    std::vector<Disagreement> beyond;

    bool within_bounds() const { return beyond.empty(); }
};

/// @param tolerance relative; allows ‖E‖_F², ⟨W,E⟩ and ‖E‖_max to differ by as much, where that is more
/// @param most disagreements kept
UnitAgreement agreement(const MatrixRow&, const UnitResult& left, const UnitResult& right, double tolerance = 0,
                        std::size_t most = 8);

}  // namespace specsweep::results
