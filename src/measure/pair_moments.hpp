#pragma once

#include <cstdint>
#include <span>

namespace specsweep::measure {

/// Sums over all elements of W and E = W̃ − W, in binary64 (metrics.md §2.9).
struct PairMoments {
    double inner_product = 0;            ///< ⟨W, E⟩
    double error_frobenius_squared = 0;  ///< ‖E‖_F²
    double error_max = 0;                ///< max |e_ij|
    std::int64_t zeroed = 0;             ///< w ≠ 0 that became 0
    std::int64_t clipped = 0;            ///< beyond the largest level of their block
    double row_sum_max = 0;              ///< ‖E‖_∞ = max_i Σ_j |e_ij|
};

/// Moments of one panel, without the counts: E is formed exactly in binary64 (both operands are binary32), products are
/// rounded once, sixteen running sums a row are added in a fixed tree, rows in order. Same bits on every CPU.
/// @param column_sums cols values; Σ_i |e_ij| of the panel is added to each, rows in order: ‖E‖₁ is their maximum.
PairMoments panel_moments(std::span<const float> original, std::span<const float> decoded, std::int64_t cols,
                          std::span<double> column_sums);

/// Adds b to a, in this order.
void accumulate(PairMoments& a, const PairMoments& b);

}  // namespace specsweep::measure
