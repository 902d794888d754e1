#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace specsweep::metrics {

/// a of p_(k) ∝ k^(−a), p_(k) the k-th largest: the line of spectral_slope() (weights 1/k, every factor of k counts
/// the same) through ln p_(k) over ranks 1 … `last`, or as many as are above zero.
/// @return nothing with fewer than three of those.
std::optional<double> zipf_exponent(std::span<const double> probabilities, std::int64_t last);

}  // namespace specsweep::metrics
