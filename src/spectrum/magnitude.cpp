#include "spectrum/magnitude.hpp"
#include "spectrum/failure.hpp"

#include <algorithm>
#include <cmath>

namespace specsweep::spectrum {

double larger_magnitude(double largest, const double* values, std::int64_t count)
{
    for (std::int64_t i = 0; i < count; ++i)
        largest = std::isfinite(values[i]) ? std::max(largest, std::fabs(values[i])) : values[i];
    if (!std::isfinite(largest))
        throw NotFinite();
    return largest;
}

int scaling_exponent(double largest)
{
    int exponent = 0;
    std::frexp(largest, &exponent);
    return std::max(exponent, -1022);
}

}  // namespace specsweep::spectrum
