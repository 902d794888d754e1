#include "metrics/pair_check.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.hpp"

namespace specsweep::metrics {

PairCheck check_pair(std::span<const double> sigma, std::span<const double> error,
                     std::span<const double> sigma_reference, std::span<const double> error_reference,
                     double error_frobenius, double error_frobenius_error)
{
    const std::size_t k_count = sigma.size();
    if (error.size() != k_count || sigma_reference.size() != k_count || error_reference.size() != k_count)
        throw InternalError("the spectra of a pair differ in length");
    constexpr double epsilon = std::numeric_limits<double>::epsilon();
    const double sum_rounding = static_cast<double>(k_count + 4) * epsilon;

    PairCheck check;
    double sum = 0;
    for (std::size_t k = k_count; k-- > 0;) {
        const double change = std::abs(sigma[k] - sigma_reference[k]) * (1 - 2 * epsilon);
        const double certain = std::max(0.0, change - error[k] - error_reference[k]);
        check.weyl_left = std::max(check.weyl_left, certain);
        sum += certain * certain;
    }
    check.weyl_right = (error_frobenius + error_frobenius_error) * (1 + 2 * epsilon);
    check.mirsky_left = sum * (1 - sum_rounding);
    check.mirsky_right = check.weyl_right * check.weyl_right * (1 + 2 * epsilon);
    check.weyl_holds = check.weyl_left <= check.weyl_right;
    check.mirsky_holds = check.mirsky_left <= check.mirsky_right;
    return check;
}

}  // namespace specsweep::metrics
