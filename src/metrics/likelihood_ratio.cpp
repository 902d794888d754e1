#include "metrics/likelihood_ratio.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "metrics/truncated_normal.hpp"
#include "metrics/truncated_power_law.hpp"

namespace specsweep::metrics {

namespace {

/// The tail in units of xmin.
struct Tail {
    std::vector<double> u, y;  ///< x/xmin and its logarithm
    double mean_u = 0, mean_y = 0, mean_yy = 0;
    double alpha = 0;

    double count() const { return static_cast<double>(u.size()); }
    double power_law(std::size_t i) const { return std::log(alpha - 1) - alpha * y[i]; }
};

Tail make_tail(std::span<const double> ascending, const PowerLawFit& fit)
{
    Tail tail;
    tail.alpha = fit.alpha;
    for (auto x = std::lower_bound(ascending.begin(), ascending.end(), fit.xmin); x != ascending.end(); ++x) {
        const double u = *x / fit.xmin;
        const double y = std::log(u);
        tail.u.push_back(u);
        tail.y.push_back(y);
        tail.mean_u += u;
        tail.mean_y += y;
        tail.mean_yy += y * y;
    }
    tail.mean_u /= tail.count();
    tail.mean_y /= tail.count();
    tail.mean_yy /= tail.count();
    return tail;
}

/// Vuong's test of laws that are not nested. @param other log-density of value i
template <class LogDensity>
LikelihoodRatio vuong(const Tail& tail, LogDensity other)
{
    double sum = 0;
    double squares = 0;
    for (std::size_t i = 0; i < tail.u.size(); ++i) {
        const double difference = tail.power_law(i) - other(i);
        sum += difference;
        squares += difference * difference;
    }
    const double variance = std::max(0.0, squares / tail.count() - (sum / tail.count()) * (sum / tail.count()));
    if (variance == 0)
        return {sum, sum == 0 ? 1.0 : 0.0};
    return {sum, std::erfc(std::abs(sum) / std::sqrt(2 * tail.count() * variance))};
}

LikelihoodRatio against_exponential(const Tail& tail)
{
    const double rate = 1 / (tail.mean_u - 1);
    return vuong(tail, [&](std::size_t i) { return std::log(rate) - rate * (tail.u[i] - 1); });
}

LikelihoodRatio against_lognormal(const Tail& tail)
{
    const auto law = fit_truncated_normal(tail.mean_y, tail.mean_yy);
    if (!law)
        return {0, 1};
    const double constant = -std::log(law->deviation) - std::log(2 * 3.14159265358979323846) / 2 - law->log_mass;
    return vuong(tail, [&](std::size_t i) {
        const double z = (tail.y[i] - law->mean) / law->deviation;
        return constant - tail.y[i] - z * z / 2;
    });
}

LikelihoodRatio against_truncated(const Tail& tail)
{
    const TruncatedPowerLaw law = fit_truncated_power_law(tail.mean_y, tail.mean_u, tail.alpha);
    const double plain = std::log(tail.alpha - 1) - tail.alpha * tail.mean_y;
    const double truncated = -law.a * tail.mean_y - law.cutoff * tail.mean_u - law.log_norm;
    const double ratio = std::min(0.0, tail.count() * (plain - truncated));
    return {ratio, std::erfc(std::sqrt(-ratio))};  // P(χ²₁ > −2R) = erfc(√(−R))
}

}  // namespace

TailComparison compare_tail(std::span<const double> ascending, const PowerLawFit& fit)
{
    const Tail tail = make_tail(ascending, fit);
    return {against_exponential(tail), against_lognormal(tail), against_truncated(tail)};
}

}  // namespace specsweep::metrics
