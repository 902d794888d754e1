#include "metrics/error_norm.hpp"

#include <algorithm>
#include <cmath>

namespace specsweep::metrics {

ErrorNormBounds error_norm_bounds(const SpectrumView& reference, const SpectrumView& quantized,
                                  const ErrorMoments& moments)
{
    const double frobenius = std::sqrt(moments.error_frobenius_squared);
    const double rounding = static_cast<double>(reference.rows + reference.cols + 8) * 0x1p-53;
    ErrorNormBounds bounds;
    // A square below 2⁻¹⁰⁷⁴ is lost: what the sum of all of them may lack.
    const double lost = 0x1p-537 * std::sqrt(static_cast<double>(reference.rows) * static_cast<double>(reference.cols));
    bounds.upper = frobenius + lost;
    // Comparisons with NaN are false: a file without these moments has the other bounds.
    const double mixed = std::sqrt(moments.column_sum_max) * std::sqrt(moments.row_sum_max);
    if (mixed < bounds.upper)
        bounds.upper = mixed;
    bounds.upper *= 1 + rounding;
    bounds.lower = moments.error_max;
    if (moments.spectral_low > bounds.lower)
        bounds.lower = moments.spectral_low;
    if (std::min(reference.rows, reference.cols) > 0)
        bounds.lower =
            std::max(bounds.lower, frobenius * (1 - rounding) /
                                       std::sqrt(static_cast<double>(std::min(reference.rows, reference.cols))));
    for (std::size_t k = 0; reference.is_complete() && k < reference.sigma.size(); ++k)
        bounds.lower = std::max(bounds.lower, std::abs(quantized.sigma[k] - reference.sigma[k]) - quantized.error[k] -
                                                  reference.error[k] - reference.input_rounding);
    bounds.lower = std::min(bounds.lower, bounds.upper);
    return bounds;
}

}  // namespace specsweep::metrics
