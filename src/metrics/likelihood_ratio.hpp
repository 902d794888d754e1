#pragma once

#include <span>

#include "metrics/power_law.hpp"

namespace specsweep::metrics {

/// Log-likelihood of the power law less that of another law with its own best parameters, both on x ≥ xmin.
/// Positive: the power law is better. p: probability of a difference as large under equal laws.
struct LikelihoodRatio {
    double log_ratio = 0;
    double p = 1;
};

/// Comparison of the fitted tail with the usual alternatives (Clauset, Shalizi & Newman 2009, §5).
///
///   exponential         λe^{−λ(x − xmin)}; Vuong 1989
///   lognormal           ln(x/xmin) ~ N(μ, s²) cut at 0; Vuong. With E[y²] ≥ 2E[y]² of y = ln(x/xmin) the best
///   lognormal
///                       is the limit that equals the power law: ratio 0, p 1
///   truncated_power_law x^{−a}e^{−Λx/xmin}, Λ ≥ 0; contains the power law, so the ratio is at most 0 and p is that of
///                       χ² with one degree of freedom
struct TailComparison {
    LikelihoodRatio exponential, lognormal, truncated_power_law;
};

/// @param ascending the sample that the fit was made from; at least two values ≥ fit.xmin
TailComparison compare_tail(std::span<const double> ascending, const PowerLawFit& fit);

}  // namespace specsweep::metrics
