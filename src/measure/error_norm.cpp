#include "measure/error_norm.hpp"

#include <algorithm>
#include <cmath>

#include "measure/error_source.hpp"

namespace specsweep::measure {

ErrorMeasurement error_sums(QuantizedSource& source)
{
    ErrorMeasurement result;
    result.column_sum_max = source.column_sum_max();
    const ForwardSums forward = source.forward_sums();
    result.forward_rms = forward.rms();
    result.forward_worst = forward.worst();
    return result;
}

bool error_has_norm(const PairMoments& moments)
{
    constexpr double beyond_binary32 = 0x1p127;
    return moments.error_max < beyond_binary32;
}

spectrum::NormRequest error_norm_request(std::uint64_t seed)
{
    // What is kept is part of the 100 MB beside Gram matrix and panels (architecture.md §4.1).
    constexpr std::int64_t kept_bytes = std::int64_t{24} << 20;
    return {.tolerance = 1e-2, .seed = seed, .leading = 1, .most_steps = 5, .kept_bytes = kept_bytes};
}

void set_error_norm(ErrorMeasurement& error, const spectrum::SpectralNorm& norm, const PairMoments& moments,
                    const spectrum::PanelSource& original)
{
    const double rounding =
        rounding_of_error(std::sqrt(moments.error_frobenius_squared), original.rows(), original.cols());
    error.spectral_low = std::max(0.0, norm.lower - rounding);
    error.spectral_high = norm.upper + rounding;
}

}  // namespace specsweep::measure
