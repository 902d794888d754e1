#pragma once

#include <cstdint>
#include <span>

#include "metrics/power_law.hpp"

namespace specsweep::metrics {

/// Goodness of fit of a power-law tail (Clauset, Shalizi & Newman 2009, §4.1): the share of synthetic samples, fitted
/// as the data were, whose D is at least that of the data. Each synthetic value is drawn from the fitted law with
/// probability n_tail/n and from the values below xmin otherwise. A small p (≤ 0.1) rules the power law out.
/// p's standard error is about 1/(2√samples). Deterministic in the seed. @param allowed of the fit of the data
double bootstrap_p(std::span<const double> ascending, const PowerLawFit& fit, KsConvention convention,
                   std::int64_t samples, std::uint64_t seed, Candidates allowed = {});

}  // namespace specsweep::metrics
