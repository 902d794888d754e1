#include "metrics/log_norms.hpp"

#include <cmath>
#include <cstddef>

namespace specsweep::metrics {

double log10_power_sum(std::span<const double> ascending, double a)
{
    const double head = ascending.back();
    double sum = 0;
    for (const double value : ascending)
        sum += std::pow(value / head, a);
    return a * std::log10(head) + std::log10(sum);
}

DetX det_x(std::span<const double> ascending)
{
    double log_product = 0;
    for (std::size_t i = ascending.size(); i-- > 0;) {
        log_product += std::log(ascending[i]);
        if (log_product < 0)
            return {static_cast<std::int64_t>(ascending.size() - i), ascending[i]};
    }
    return {0, -1};
}

}  // namespace specsweep::metrics
