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

    Value nuclear_norm;           ///< Σσ
    Value condition_number_rank;  ///< σ₁/σ_r, r = numerical_rank
    Value energy_rank_50;         ///< energy_profile.hpp
    Value energy_rank_90;
    Value energy_rank_99;
    Value rankme;  ///< erank_sv with 10⁻⁷ added to every p, as RankMe does without renormalizing
    Value spectral_slope_error;
    Value spectral_slope_r2;
    Value spectral_slope_last;   ///< last rank of its window; the first is 1
    Value spectral_slope_req;    ///< unweighted, ranks 11 … 100 (α-ReQ)
    Value powerlaw_alpha_error;  ///< (α − 1)/√n_tail
    Value powerlaw_zipf;  ///< 1/(α − 1): the a of λ_k ∝ k^(−a) if the tail is a power law; compare −spectral_slope
    Value powerlaw_runner_up_alpha;
    Value powerlaw_runner_up_d;
    Value powerlaw_runner_up_n_tail;
    Value powerlaw_llr_exponential;  ///< likelihood_ratio.hpp: positive, the power law is better
    Value powerlaw_p_exponential;
    Value powerlaw_llr_lognormal;
    Value powerlaw_p_lognormal;
    Value powerlaw_llr_truncated;
    Value powerlaw_p_truncated;
    Value hill_alpha_mid;  ///< tail_exponent.hpp
    Value hill_alpha_tenth;
    Value powerlaw_alpha_peak;
    Value log_alpha_norm;  ///< log₁₀ Σ λ^α
    Value mp_noise;        ///< marchenko_pastur.hpp
    Value mp_edge;
    Value mp_spikes;
    Value cosine_mean;  ///< of the rows of an embedding, like those below; `not-applicable` elsewhere
    Value cosine_mean_square;
    Value cosine_share_1;
    Value cosine_share_2;
    Value cosine_share_3;
    Value centred_cosine_mean;
    Value centred_cosine_mean_square;
    Value centred_cosine_share_1;
    Value centred_cosine_share_2;
    Value centred_cosine_share_3;
    Value zipf_exponent;  ///< of the counts that weight the rows of a token-weighted embedding; elsewhere likewise
    Value detx_count;     ///< log_norms.hpp, of λ·k/Σλ
    Value farms_alpha;    ///< extended_moments.hpp, like those below; `not-applicable` unless `metrics: extended`
    Value farms_alpha_mid;
    Value farms_hill_alpha;
    Value farms_blocks;
    Value shuffled_sigma_max;
    Value shuffled_softrank;  ///< σ₁² shuffled over σ₁²
    Value shuffled_spikes;    ///< #{σ_k > σ₁ shuffled}
    Value shuffled_divergence;
};

/// Reasons: `zero-matrix` where a quotient by σ₁ is meant, `smallest-value-unresolved` for κ, `too-few-values` for fits
/// (fewer than ten resolved values), `flat-spectrum` for a power law of equal values, `not-computed`.
/// An empty spectrum (a 0 × n matrix) is a zero matrix.
/// @throws InternalError when sigma and error differ in length.
SingleMetrics single_metrics(const SpectrumView&, const MetricSettings&);

}  // namespace specsweep::metrics
