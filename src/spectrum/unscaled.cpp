#include "spectrum/unscaled.hpp"

#include "base/scale.hpp"

namespace specsweep::spectrum {

Spectrum unscaled(const ScaledSpectrum& scaled, Method method)
{
    Spectrum result;
    result.method = name(method);
    for (std::size_t k = 0; k < scaled.sigma.size(); ++k) {
        result.sigma.push_back(scale_by_power(scaled.sigma[k], scaled.exponent));
        result.error.push_back(scale_by_power(scaled.error[k], scaled.exponent));
    }
    result.frobenius_squared = scale_by_power(scaled.frobenius_squared, 2 * scaled.exponent);
    result.frobenius_squared_error = scale_by_power(scaled.frobenius_squared_error, 2 * scaled.exponent);
    return result;
}

bool some_value_needs(std::span<const double> sigma, std::span<const double> error, double bound, double tolerance)
{
    for (std::size_t k = 0; k < sigma.size(); ++k) {
        const bool resolved = error[k] <= tolerance * sigma[k];
        if (!resolved && sigma[k] + error[k] > bound / tolerance)
            return true;
    }
    return false;
}

}  // namespace specsweep::spectrum
