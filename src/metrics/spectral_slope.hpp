#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace specsweep::metrics {

/// Straight line through (ln k, ln σ_k²) for k in a window of ranks, and what is left over.
struct SpectralSlope {
    double slope = 0;                  ///< −a for λ_k ∝ k^(−a)
    double slope_error = 0;            ///< standard error under independent residuals of variance ∝ 1/weight
    double r2 = 0;                     ///< weighted share of the variance explained
    std::int64_t first = 0, last = 0;  ///< ranks from 1, both in the window
};

/// Weights of the points. In plain ranks half of the points lie in the last factor 2 of k, so the tail alone would
/// decide; 1/k gives every factor of k the same say.
enum class RankWeights { equal, reciprocal };

/// Least squares of ln σ_k² on ln k over ranks first … last (from 1, cut to what is there).
/// @param sigma descending, positive in the window
/// @return nothing with fewer than three ranks in the window.
std::optional<SpectralSlope> spectral_slope(std::span<const double> sigma, std::int64_t first, std::int64_t last,
                                            RankWeights);

}  // namespace specsweep::metrics
