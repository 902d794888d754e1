#include "results/spectrum_check.hpp"

#include <cmath>

#include "base/format.hpp"

namespace specsweep::results {

std::optional<std::string> spectrum_fault(const UnitResult& unit)
{
    double energy = 0;
    double slack = 0;
    for (std::size_t k = unit.sigma.size(); k-- > 0;) {
        const double sigma = unit.sigma[k];
        const double error = unit.error[k];
        if (!std::isfinite(sigma) || sigma < 0)
            return fmt::format("sigma_{} is {}", k + 1, sigma);
        if (!std::isfinite(error) || error < 0)
            return fmt::format("the bound of sigma_{} is {}", k + 1, error);
        if (k + 1 < unit.sigma.size() && sigma < unit.sigma[k + 1])
            return fmt::format("sigma_{} is below sigma_{}", k + 1, k + 2);
        energy += sigma * sigma;
        slack += 2 * sigma * error + error * error;
    }
    const double rounding = (static_cast<double>(unit.sigma.size()) + 4) * 0x1p-53;
    const double allowed = slack * (1 + rounding) + unit.moments.frobenius_squared_error + rounding * energy;
    // Lanczos found the largest value alone: its square is a part of the norm.
    const bool partial = unit.method == "lanczos" && energy < unit.moments.frobenius_squared;
    const double apart = partial ? 0 : std::abs(energy - unit.moments.frobenius_squared);
    if (!(apart <= allowed))
        return fmt::format("the sum of sigma^2 is {:.3g} from the squared Frobenius norm, {:.3g} is allowed", apart,
                           allowed);
    return std::nullopt;
}

}  // namespace specsweep::results
