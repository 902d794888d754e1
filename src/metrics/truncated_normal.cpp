#include "metrics/truncated_normal.hpp"

#include <cmath>

namespace specsweep::metrics {

namespace {

constexpr double largest_a = 60;

/// φ(a)/Q(a) − a > 0 without cancellation: for large a by Laplace's continued fraction h = a + 1/(a + 2/(a + 3/(…))).
double mills_excess(double a)
{
    if (a < 4) {
        const double density = std::exp(-a * a / 2) / std::sqrt(2 * 3.14159265358979323846);
        return density / (std::erfc(a / std::sqrt(2.0)) / 2) - a;
    }
    double fraction = a;
    for (int k = 120; k >= 2; --k)
        fraction = a + k / fraction;
    return 1 / fraction;
}

/// E[y²]/E[y]² = (1 − a·d)/d², d = h − a.
double quotient(double a)
{
    const double d = mills_excess(a);
    return (1 - a * d) / (d * d);
}

double log_upper_tail(double a)
{
    if (a < 4)
        return std::log(std::erfc(a / std::sqrt(2.0)) / 2);
    return -a * a / 2 - std::log(2 * 3.14159265358979323846) / 2 - std::log(mills_excess(a) + a);
}

}  // namespace

std::optional<TruncatedNormal> fit_truncated_normal(double mean, double mean_square)
{
    const double target = mean_square / (mean * mean);
    double low = -largest_a;
    double high = largest_a;
    if (!(target > quotient(low)) || !(target < quotient(high)))
        return std::nullopt;
    for (int step = 0; step < 80; ++step) {
        const double middle = (low + high) / 2;
        (quotient(middle) < target ? low : high) = middle;
    }
    const double a = (low + high) / 2;
    TruncatedNormal law;
    law.deviation = mean / mills_excess(a);
    law.mean = -a * law.deviation;
    law.log_mass = log_upper_tail(a);
    return law;
}

}  // namespace specsweep::metrics
