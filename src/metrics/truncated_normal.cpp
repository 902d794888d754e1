#include "metrics/truncated_normal.hpp"

#include <algorithm>
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
    // As many terms as fp64 can tell from more: 39 at a = 4, 14 at 10, 10 at 20 (compared with 400 terms).
    double fraction = a;
    for (int k = 9 + static_cast<int>(std::ceil(600 / (a * a))); k >= 2; --k)
        fraction = a + k / fraction;
    return 1 / fraction;
}

/// E[y²]/E[y]² = (1 − a·d)/d², d = h − a.
double quotient(double a)
{
    const double d = mills_excess(a);
    return (1 - a * d) / (d * d);
}

/// quotient(a) = target, which rises with a: halving until the interval is short, then the secant rule of Illinois
/// (Dowell & Jarratt 1971), which keeps the root inside.
/// @pre the root is within ±largest_a
double solve(double target)
{
    double low = -largest_a;
    double high = largest_a;
    while (high - low > 1) {
        const double middle = (low + high) / 2;
        (quotient(middle) < target ? low : high) = middle;
    }
    double below = quotient(low) - target;
    double above = quotient(high) - target;
    int side = 0;  // which end moved last: the other's value is halved when it stays twice
    for (int step = 0; step < 60 && above > below && high - low > 1e-15 * (1 + std::abs(low)); ++step) {
        const double a = low - below * (high - low) / (above - below);
        const double difference = quotient(a) - target;
        if (difference == 0 || a <= low || a >= high)
            return std::clamp(a, low, high);
        if (difference < 0) {
            low = a;
            below = difference;
            above /= side < 0 ? 2 : 1;
            side = -1;
        } else {
            high = a;
            above = difference;
            below /= side > 0 ? 2 : 1;
            side = 1;
        }
    }
    return (low + high) / 2;
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
    if (!(target > quotient(-largest_a)) || !(target < quotient(largest_a)))
        return std::nullopt;
    const double a = solve(target);
    TruncatedNormal law;
    law.deviation = mean / mills_excess(a);
    law.mean = -a * law.deviation;
    law.log_mass = log_upper_tail(a);
    return law;
}

}  // namespace specsweep::metrics
