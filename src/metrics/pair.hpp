#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

#include "metrics/settings.hpp"
#include "metrics/spectrum_view.hpp"
#include "metrics/value.hpp"

namespace specsweep::metrics {

/// Element-wise statistics of E = W̃ − W, gathered while quantizing.
struct ErrorMoments {
    double inner_product;            ///< ⟨W, E⟩
    double error_frobenius_squared;  ///< ‖E‖_F²
    double error_max;                ///< max |E_ij|
    std::int64_t zeroed;             ///< elements with w ≠ 0 and w̃ = 0
    std::int64_t clipped;            ///< elements beyond the largest level of their block
    // NaN where a file is older than these.
    double column_sum_max = not_measured;  ///< ‖E‖₁
    double row_sum_max = not_measured;     ///< ‖E‖_∞
    double spectral_low = not_measured;    ///< ‖E‖₂ is at least this
    double spectral_high = not_measured;   ///< and at most this with probability ≥ 1 − 1e-12
    double forward_rms = not_measured;     ///< √(Σ‖Ex‖²/Σ‖Wx‖²) for seeded x ~ N(0, I)
    double forward_worst = not_measured;   ///< largest ‖Ex‖/‖Wx‖ among them

    static constexpr double not_measured = std::numeric_limits<double>::quiet_NaN();
};

/// What quantization did to one matrix (columns of interface.md §4).
///
///   stable_rank_ratio = f/g,  f = ‖W̃‖_F²/‖W‖_F² (frobenius_ratio),  g = σ̃₁²/σ₁² (sigma_max_ratio, of the squares)
///   f − 1 = (2c + 1)·‖E‖_F²/‖W‖_F²,  c = ⟨W,E⟩/‖E‖_F² (noise_alignment): 0 independent noise, −1 centroids, −1/2 no
///   change
///
/// Source: arXiv 2602.00969 (ratio), metrics.md §2.2 (its factors).
struct PairMetrics {
    Value stable_rank_ratio;
    Value frobenius_ratio;
    Value sigma_max_ratio;
    Value error_frobenius;
    Value error_spectral;        ///< guaranteed lower bound of ‖E‖₂ (error_norm.hpp)
    Value error_spectral_upper;  ///< guaranteed upper bound
    Value error_max;
    Value sqnr_db;  ///< 20 log₁₀(‖W‖_F/‖E‖_F); inf when E = 0
    Value noise_alignment;
    Value weyl_tightness;    ///< max |σ̃_k − σ_k| / error_spectral_upper: at least so much of Weyl's bound is used
    Value mirsky_tightness;  ///< Σ (σ̃_k − σ_k)² / ‖E‖_F²
    Value epsilon_slope;     ///< epsilon_regression.hpp, over the values that both spectra resolve
    Value epsilon_r2;
    Value epsilon_r2_null_median;
    Value epsilon_r2_null_95;
    Value sigma_change_max;      ///< max |σ̃_k − σ_k|
    Value sigma_change_certain;  ///< max (|σ̃_k − σ_k| − e_k − ẽ_k): no less, whatever the solvers lost
    Value sigma_change_certain_squared;  ///< Σ max(0, |σ̃_k − σ_k| − e_k − ẽ_k)²
    Value zero_share;                    ///< of all elements
    Value clipped_share;                 ///< of all elements

    Value error_spectral_high;  ///< ‖E‖₂ is at most this with probability ≥ 1 − 1e-12 over the sweep's seed
    Value forward_error_rms;    ///< measured; ‖E‖_F/‖W‖_F in the mean over x
    Value forward_error_worst;
    Value error_whiteness;    ///< ‖E‖₂/(rms(E)(√m + √n)), from error_spectral: 1 for white noise
    Value error_rank_norm;    ///< energy_profile.hpp, ErrorRanks: r_q by error_spectral_upper
    Value error_rank_energy;  ///< r_F
    Value truncation_sigma;   ///< σ_{r_F+1}: ‖·‖₂ of the truncation error of the same energy
    Value energy_area;        ///< energy_profile.hpp, EnergyShift
    Value energy_drop_max;
    Value share_up;           ///< of the resolved values, how many rose
    Value epsilon_intercept;  ///< epsilon_regression.hpp
    Value epsilon_r2_null_05;
    Value epsilon_leverage;
    Value epsilon_r2_trimmed;
    Value epsilon_log_slope;
    Value epsilon_spearman;
    Value epsilon_count;       ///< values used; the others of min(rows, cols) are not resolved in both spectra
    Value second_order_ratio;  ///< second_order.hpp
    Value second_order_count;
    Value subspace_rank;  ///< extended_moments.hpp, like those below; `not-applicable` unless `metrics: extended`
    Value subspace_left_max;
    Value subspace_left_mean;
    Value subspace_right_max;
    Value subspace_right_mean;
    Value leading_left;
    Value leading_right;
};

/// Reasons: `zero-matrix` (W = 0), `quantized-to-zero` (W̃ = 0), `zero-error` (E = 0), `too-few-values`
/// (fewer than ten resolved), `flat-spectrum` (all 1/σ equal), `not-computed`.
/// @throws InternalError when shapes or lengths differ.
PairMetrics pair_metrics(const SpectrumView& reference, const SpectrumView& quantized, const ErrorMoments&,
                         const MetricSettings&);

/// Every column empty for one reason, for example `reference-failed`. @param reason a string literal.
PairMetrics undefined_pair_metrics(std::string_view reason);

}  // namespace specsweep::metrics
