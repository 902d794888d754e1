#pragma once

#include <cstdint>
#include <span>

namespace specsweep::metrics {

/// Where the energy Σσ² sits: F(r) = Σ_{k≤r} σ_k²/Σσ², F(1) = 1/Sr. Ranks from 1.
struct EnergyRanks {
    std::int64_t r50 = 0, r90 = 0, r99 = 0;  ///< smallest r with F(r) ≥ 0.50, 0.90, 0.99
};

/// @pre sigma descending, σ₁ > 0
EnergyRanks energy_ranks(std::span<const double> sigma);

/// How far the profile moved under quantization.
struct EnergyShift {
    double area = 0;          ///< Σ_r (F(r) − F̃(r))/k: positive when energy moved to the tail
    double largest_drop = 0;  ///< max_r (F(r) − F̃(r)), at least 0
};

/// @pre same length, σ₁ > 0 in both
EnergyShift energy_shift(std::span<const double> sigma, std::span<const double> quantized);

/// Ranks at which an error is as large as what a truncation would lose (Eckart & Young 1936).
struct ErrorRanks {
    std::int64_t above_norm = 0;    ///< r_q = #{σ_k > ‖E‖₂}
    std::int64_t equal_energy = 0;  ///< r_F = min r with Σ_{k>r} σ_k² ≤ ‖E‖_F²
    double sigma_after = 0;         ///< σ_{r_F + 1}: the spectral norm of the truncation's error; 0 when r_F = k
};

/// @pre sigma descending
ErrorRanks error_ranks(std::span<const double> sigma, double error_spectral, double error_frobenius_squared);

}  // namespace specsweep::metrics
