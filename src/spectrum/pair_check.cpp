#include "spectrum/pair_check.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "spectrum/rounding_model.hpp"

namespace specsweep::spectrum {

PairCheck check_pair(std::span<const double> sigma, std::span<const double> error, std::span<const double> sigma_ref,
                     std::span<const double> error_ref, double error_frobenius, double error_spectral_upper)
{
    const std::size_t n = sigma.size();
    if (error.size() != n || sigma_ref.size() != n || error_ref.size() != n)
        throw InternalError("spectra of a pair have different lengths");
    PairCheck check;
    double largest = 0;
    for (std::size_t k = 0; k < n; ++k) {
        // The subtraction and the bounds themselves are rounded.
        const double rounding = 4 * unit_roundoff * (sigma[k] + sigma_ref[k]);
        const double excess = std::fabs(sigma[k] - sigma_ref[k]) - error[k] - error_ref[k] - rounding;
        check.weyl_left = std::max(check.weyl_left, excess);
        largest = std::max({largest, sigma[k], sigma_ref[k]});
    }
    // Scaled, so that squares neither overflow nor vanish.
    double sum = 0;
    for (std::size_t k = 0; k < n && check.weyl_left > 0; ++k) {
        const double rounding = 4 * unit_roundoff * (sigma[k] + sigma_ref[k]);
        const double excess = std::fabs(sigma[k] - sigma_ref[k]) - error[k] - error_ref[k] - rounding;
        sum += std::pow(std::max(0.0, excess) / check.weyl_left, 2);
    }
    check.mirsky_left = check.weyl_left * std::sqrt(sum) * (1 - gamma_factor(static_cast<double>(n) + 8));
    constexpr double relative_error_of_norms = 1e-12;
    check.mirsky_right = error_frobenius * (1 + relative_error_of_norms);
    check.weyl_right = std::min(error_frobenius, error_spectral_upper) * (1 + relative_error_of_norms);
    check.weyl_slack = check.weyl_right - check.weyl_left;
    check.mirsky_slack = check.mirsky_right - check.mirsky_left;
    check.weyl_holds = check.weyl_left <= check.weyl_right;
    check.mirsky_holds = check.mirsky_left <= check.mirsky_right;
    return check;
}

PairCheck check_pair(std::span<const double> sigma, std::span<const double> error, std::span<const double> sigma_ref,
                     std::span<const double> error_ref, double error_frobenius)
{
    return check_pair(sigma, error, sigma_ref, error_ref, error_frobenius, std::numeric_limits<double>::infinity());
}

}  // namespace specsweep::spectrum
