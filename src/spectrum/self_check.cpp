#include "spectrum/self_check.hpp"

#include <cmath>

#include "base/format.hpp"
#include "spectrum/rounding_model.hpp"

namespace specsweep::spectrum {
namespace {

void check_order(const ScaledSpectrum& spectrum)
{
    for (std::size_t k = 0; k < spectrum.sigma.size(); ++k) {
        const double sigma = spectrum.sigma[k];
        if (!std::isfinite(sigma) || !std::isfinite(spectrum.error[k]))
            throw SelfCheckFailure("a singular value is not finite", fmt::format("number {}", k + 1));
        if (sigma < 0 || (k > 0 && sigma > spectrum.sigma[k - 1]))
            throw SelfCheckFailure("singular values are not in descending order", fmt::format("number {}", k + 1));
    }
}

}  // namespace

void check_single(const ScaledSpectrum& spectrum)
{
    check_order(spectrum);
    double energy = 0;
    double slack = spectrum.frobenius_squared_error;
    for (std::size_t k = 0; k < spectrum.sigma.size(); ++k) {
        energy += spectrum.sigma[k] * spectrum.sigma[k];
        slack += (2 * spectrum.sigma[k] + spectrum.error[k]) * spectrum.error[k];
    }
    slack += gamma_factor(static_cast<double>(spectrum.sigma.size()) + 2) * (energy + slack);
    const double difference = std::fabs(energy - spectrum.frobenius_squared);
    if (!(difference <= slack))
        throw SelfCheckFailure(
            "the squares of the singular values do not add up to the squared Frobenius norm",
            fmt::format("off by {:.3e} of {:.3e}, bound {:.3e}", difference, spectrum.frobenius_squared, slack));
}

}  // namespace specsweep::spectrum
