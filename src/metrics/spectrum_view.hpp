#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "metrics/extended_moments.hpp"

namespace specsweep::metrics {

/// Cosines of the rows of an embedding (measure/quasi_orthogonality.hpp).
struct CosineMoments {
    double mean, mean_square;
    std::array<double, 3> share;  ///< of sampled pairs with |cos| < 1, 2, 3 over √cols
};

struct AngleMoments {
    CosineMoments raw, centred;
};

/// All singular values of one matrix with the bounds that came with them, or the largest alone (`metrics: fast`); owns
/// nothing.
struct SpectrumView {
    std::span<const double> sigma;                       ///< descending, non-negative, k = min(rows, cols) of them
    std::span<const double> error;                       ///< absolute bound of each
    double frobenius_squared;                            ///< ‖W‖_F², summed over the elements
    std::int64_t rows, cols;                             ///< logical [out, in]
    std::optional<AngleMoments> angles = std::nullopt;   ///< embeddings only
    std::optional<double> zipf_exponent = std::nullopt;  ///< token-weighted embeddings only
    const ExtendedMoments* extended = nullptr;           ///< `metrics: extended` only
    /// ‖W − W₃₂‖_F at most, W₃₂ being what a quantizer takes of W, and E = W̃ − W₃₂: 0 unless W is stored in F64.
    double input_rounding = 0;

    double sigma_max() const { return sigma.empty() ? 0.0 : sigma.front(); }
    double sigma_min() const { return sigma.empty() ? 0.0 : sigma.back(); }
    /// Whether all of them are there: most metrics need that.
    bool is_complete() const { return static_cast<std::int64_t>(sigma.size()) >= (rows < cols ? rows : cols); }
    bool is_zero() const { return sigma_max() == 0.0; }
    bool is_resolved(std::size_t k, double tolerance) const { return sigma[k] > 0 && error[k] <= tolerance * sigma[k]; }
};

}  // namespace specsweep::metrics
