#pragma once

#include <span>

namespace specsweep::metrics {

/// The three smooth counts of directions, of Rényi orders 1, 1 and 2:
///
///   erank_sv     = exp(−Σ p ln p),  p_k = σ_k/Σσ     Roy & Vetterli 2007
///   erank_energy = exp(−Σ q ln q),  q_k = σ_k²/Σσ²
///   pr_energy    = (Σσ²)²/Σσ⁴                        participation ratio
///
/// ‖W‖_F²/σ₁² ≤ pr_energy ≤ erank_energy ≤ erank_sv ≤ rank. 0·ln 0 = 0. Scaled by σ₁, so that nothing over- or
/// underflows.
struct EffectiveRanks {
    double erank_sv, erank_energy, pr_energy;
    double rankme;  ///< exp(−Σ p ln p), p_k = σ_k/Σσ + 10⁻⁷ (Garrido et al. 2023, uncentred, not renormalized)
};

/// @pre sigma descending, non-negative, σ₁ > 0
EffectiveRanks effective_ranks(std::span<const double> sigma);

}  // namespace specsweep::metrics
