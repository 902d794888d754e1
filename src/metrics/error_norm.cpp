#include "metrics/error_norm.hpp"

#include <algorithm>
#include <cmath>

namespace specsweep::metrics {

ErrorNormBounds error_norm_bounds(const SpectrumView& reference, const SpectrumView& quantized,
                                  const ErrorMoments& moments)
{
    ErrorNormBounds bounds;
    bounds.upper = std::sqrt(moments.error_frobenius_squared);
    bounds.lower = moments.error_max;
    if (!reference.sigma.empty())
        bounds.lower = std::max(bounds.lower, bounds.upper / std::sqrt(static_cast<double>(reference.sigma.size())));
    for (std::size_t k = 0; k < reference.sigma.size(); ++k)
        bounds.lower = std::max(
            bounds.lower, std::abs(quantized.sigma[k] - reference.sigma[k]) - quantized.error[k] - reference.error[k]);
    bounds.lower = std::min(bounds.lower, bounds.upper);
    return bounds;
}

}  // namespace specsweep::metrics
