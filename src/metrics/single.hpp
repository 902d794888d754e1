#pragma once

#include "metrics/settings.hpp"
#include "metrics/spectrum_view.hpp"
#include "metrics/value.hpp"

namespace specsweep::metrics {

/// What one spectrum says of its matrix (columns of interface.md §4). A member that nobody fills is `not-computed`.
struct SingleMetrics {
    Value sigma_max;
    Value sigma_max_error;
    Value sigma_min;
    Value frobenius_squared;
    Value stable_rank;             ///< ‖W‖_F²/σ₁², in [1, rank]
    Value condition_number;        ///< σ₁/σ_k; only when σ_k is resolved
    Value condition_number_lower;  ///< (σ₁ − e₁)/(σ_k + e_k)
    Value numerical_rank;          ///< #{σ_k > max(m,n)·ε·σ₁} of the values as computed
    Value numerical_rank_low;      ///< the same when every σ_k and σ₁ sit at the unfavourable end of their bounds
    Value numerical_rank_high;     ///< … at the favourable end
    Value unresolved_count;        ///< #{e_k > tolerance·σ_k}
    Value erank_sv;                ///< exp(−Σ p ln p), p = σ/Σσ
    Value erank_energy;            ///< exp(−Σ q ln q), q = σ²/Σσ²
    Value pr_energy;               ///< (Σσ²)²/Σσ⁴
    Value spectral_slope;          ///< of ln σ_k² over ln k, weights 1/k, over the resolved values
    Value powerlaw_alpha;          ///< power_law.hpp on the resolved σ², left_ecdf
    Value powerlaw_xmin;
    Value powerlaw_d;
    Value powerlaw_n_tail;
};

/// Reasons: `zero-matrix` where a quotient by σ₁ is meant, `smallest-value-unresolved` for κ, `too-few-values` for fits
/// (fewer than ten resolved values), `flat-spectrum` for a power law of equal values, `not-computed`.
/// An empty spectrum (a 0 × n matrix) is a zero matrix.
/// @throws InternalError when sigma and error differ in length.
SingleMetrics single_metrics(const SpectrumView&, const MetricSettings&);

}  // namespace specsweep::metrics
