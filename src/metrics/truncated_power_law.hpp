#pragma once

namespace specsweep::metrics {

/// Density ∝ u^{−a}e^{−Λu} on u ≥ 1, Λ > 0.
struct TruncatedPowerLaw {
    double a = 0, cutoff = 0;  ///< Λ; 0: the plain power law
    double log_norm = 0;       ///< ln ∫₁^∞ u^{−a}e^{−Λu} du
};

/// Maximum likelihood from E[ln u] and E[u] of the sample, by Newton's method on (a, ln Λ) with step halving;
/// the log-likelihood −a·E[ln u] − Λ·E[u] − log_norm is concave in (a, Λ). Integrals by Gauss's rule
/// in t = ln u.
/// @param a_without exponent of the plain power law, 1 + 1/E[ln u]: the answer when no Λ > 0 is better
TruncatedPowerLaw fit_truncated_power_law(double mean_log, double mean, double a_without);

}  // namespace specsweep::metrics
