#pragma once

#include "metrics/pair.hpp"

namespace specsweep::metrics {

/// The members of PairMetrics that come from the regression of ε on 1/σ, and share_up, over the values that both
/// spectra resolve.
void fill_epsilon(PairMetrics&, const SpectrumView& reference, const SpectrumView& quantized, const ErrorMoments&,
                  const MetricSettings&);

}  // namespace specsweep::metrics
