#pragma once

#include "metrics/pair.hpp"
#include "metrics/single.hpp"

namespace specsweep::metrics {

/// The members that come from ExtendedMoments: `not-applicable` where the sweep did not ask for them, `zero-matrix`,
/// `too-few-values` (submatrices with fewer than ten values together), `not-measured` for a unit of a group of ranks.
void fill_extended(SingleMetrics&, const SpectrumView&);
void fill_extended(PairMetrics&, const SpectrumView& quantized);

}  // namespace specsweep::metrics
