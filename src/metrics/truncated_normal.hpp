#pragma once

#include <optional>

namespace specsweep::metrics {

/// N(μ, s²) restricted to y ≥ 0.
struct TruncatedNormal {
    double mean = 0, deviation = 0;  ///< μ and s of the uncut law
    double log_mass = 0;             ///< ln P(y ≥ 0)
};

/// Maximum likelihood from the sample's E[y] and E[y²].
///
/// With a = −μ/s and h(a) = φ(a)/Q(a): E[y] = s(h − a), E[y²] = s²(1 − ah + a²). The quotient E[y²]/E[y]² rises from 1
/// (a → −∞) to 2 (a → ∞, an exponential law) and is solved for a by bisection.
/// @return nothing when the quotient is 2 or more (the best law is the exponential limit), or 1 (no spread).
std::optional<TruncatedNormal> fit_truncated_normal(double mean, double mean_square);

}  // namespace specsweep::metrics
