#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/cosine_histogram.hpp"
#include "metrics/extended_moments.hpp"

namespace specsweep::results {

/// Pairs of rows of an embedding by cos·√d.
struct CosineHistogram {
    metrics::CosineCounts raw{}, centred{};
    friend bool operator==(const CosineHistogram&, const CosineHistogram&) = default;
};

/// What a unit's passes over the elements gave. NaN and −1: not of this unit, or of an older file.
struct Moments {
    static constexpr double none = std::numeric_limits<double>::quiet_NaN();

    double frobenius_squared = 0;        ///< ‖W̃‖_F² of the matrix whose spectrum this is
    double frobenius_squared_error = 0;  ///< absolute bound of that sum's error
    double inner_product = 0;            ///< ⟨W, E⟩, E = W̃ − W; 0 for a reference, like the next four
    double error_frobenius_squared = 0;  ///< ‖E‖_F²
    double error_max = 0;                ///< max |E_ij|
    std::int64_t zeroed = 0;             ///< elements with w ≠ 0 and w̃ = 0
    std::int64_t clipped = 0;            ///< elements beyond the largest level of their block

    double weight_min = none;            ///< smallest element (references)
    double weight_max = none;            ///< largest element (references)
    double absolute_sum = none;          ///< Σ|w| (references)
    double error_column_sum_max = none;  ///< ‖E‖₁ = max_j Σ_i |E_ij|
    double error_row_sum_max = none;     ///< ‖E‖_∞ = max_i Σ_j |E_ij|
    double error_spectral_low = none;    ///< ‖E‖₂ is at least this
    double error_spectral_high = none;   ///< ‖E‖₂ is at most this with probability ≥ 1 − 1e-12
    double forward_error_rms = none;     ///< √(Σ‖Ex‖²/Σ‖Wx‖²), seeded x ~ N(0, I)
    double forward_error_worst = none;   ///< largest ‖Ex‖/‖Wx‖ among them
    double cosine_mean = none;           ///< over all pairs of rows (embeddings)
    double cosine_mean_square = none;    ///< the same of the squares
    double cosine_share_1 = none;        ///< of sampled pairs: |cos| < 1/√d
    double cosine_share_2 = none;        ///< below 2/√d
    double cosine_share_3 = none;        ///< below 3/√d
    double centred_cosine_mean = none;   ///< rows less their mean, like the next four
    double centred_cosine_mean_square = none;
    double centred_cosine_share_1 = none;
    double centred_cosine_share_2 = none;
    double centred_cosine_share_3 = none;
    double zipf_exponent = none;     ///< of the token counts that weight the rows (token-weighted embeddings)
    std::int64_t cosine_rows = -1;   ///< rows of length above zero (embeddings); −1: not an embedding
    std::int64_t cosine_pairs = -1;  ///< sampled pairs; −1: not an embedding
};

/// What only some units have; absent: not of this unit, or of an older file.
struct RareMoments {
    std::shared_ptr<const CosineHistogram> cosine_histogram;   ///< embeddings
    std::shared_ptr<const metrics::ExtendedMoments> extended;  ///< `metrics: extended`
};

/// What a unit cost; stands beside the result, never inside its identity or its CRC.
struct Timing {
    double seconds_read = 0;
    double seconds_quantize = 0;
    double seconds_solve = 0;
    double seconds = 0;
    double predicted_seconds = 0;
    std::int64_t peak_bytes = 0;
    std::int32_t rank = -1;
    std::int32_t ranks = 0;
    std::int32_t attempt = 0;
};

enum class UnitState : std::uint8_t { pending = 0, done = 1, failed = 2 };

std::string_view name(UnitState);  ///< "pending", "done", "failed"

/// One computed unit. A failed one has a reason `unit:code…` (at most 256 bytes are kept) and may have no spectrum.
struct UnitResult {
    UnitState state = UnitState::pending;
    std::string reason;
    std::string method;  ///< the solver that made the spectrum, at most 32 bytes
    std::vector<double> sigma;
    std::vector<double> error;  ///< absolute bound of each sigma
    Moments moments;
    RareMoments rare{};
    Timing timing;
};

}  // namespace specsweep::results
