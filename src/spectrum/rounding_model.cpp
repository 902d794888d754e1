#include "spectrum/rounding_model.hpp"

#include <cmath>
#include <limits>

namespace specsweep::spectrum {

double gamma_factor(double n)
{
    const double nu = n * unit_roundoff;
    return nu < 1 ? nu / (1 - nu) : std::numeric_limits<double>::infinity();
}

double tail_factor(std::int64_t k)
{
    return std::sqrt(2 * std::log(2 * static_cast<double>(k) / (failure_per_spectrum / 4)));
}

}  // namespace specsweep::spectrum
