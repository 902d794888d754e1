#include "spectrum/krylov_bound.hpp"

#include <algorithm>
#include <cmath>

namespace specsweep::spectrum {

double krylov_gap(std::int64_t n, std::int64_t steps, std::int64_t block)
{
    if (steps < 1)
        return 1;
    // √ε (2k − 1) = ln(1.648 √n) + ln(1/failure)/block
    const double needed =
        std::log(1.648 * std::sqrt(static_cast<double>(n))) - std::log(norm_failure) / static_cast<double>(block);
    const double root = needed / static_cast<double>(2 * steps - 1);
    return std::min(1.0, root * root);
}

}  // namespace specsweep::spectrum
