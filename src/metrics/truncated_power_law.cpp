#include "metrics/truncated_power_law.hpp"

#include <algorithm>
#include <cmath>

namespace specsweep::metrics {

namespace {

/// Moments of t = ln u and u under the law.
struct Integrals {
    double log_norm = 0;
    double t = 0, u = 0, tt = 0, tu = 0, uu = 0;
};

/// ∫ exp(−(a − 1)t − Λe^t) dt over t ≥ 0. The logarithm of the integrand is concave with its peak at e^t = (1 − a)/Λ
/// or at 0; it is followed until it is e^{−40} below the peak.
Integrals integrate(double a, double cutoff)
{
    constexpr int intervals = 400;
    const auto log_density = [=](double t) { return -(a - 1) * t - cutoff * std::exp(t); };
    const double peak = a < 1 ? std::max(0.0, std::log((1 - a) / cutoff)) : 0;
    const double top = log_density(peak);
    double end = peak + 1e-3;
    while (log_density(end) > top - 40 && end < 1e4)
        end = peak + 2 * (end - peak);
    const double h = end / intervals;
    double mass = 0;
    Integrals sums;
    for (int i = 0; i <= intervals; ++i) {
        const double t = h * i;
        const double u = std::exp(t);
        const double weight = (i == 0 || i == intervals ? 1 : i % 2 == 1 ? 4 : 2) * std::exp(log_density(t) - top);
        if (weight == 0)
            continue;
        mass += weight;
        sums.t += weight * t;
        sums.u += weight * u;
        sums.tt += weight * t * t;
        sums.tu += weight * t * u;
        sums.uu += weight * u * u;
    }
    for (double* moment : {&sums.t, &sums.u, &sums.tt, &sums.tu, &sums.uu})
        *moment /= mass;
    sums.log_norm = top + std::log(mass * h / 3);
    return sums;
}

class Likelihood {
public:
    Likelihood(double mean_log, double mean) : mean_log_(mean_log), mean_(mean) {}

    double value(double a, double cutoff, const Integrals& at) const
    {
        return -a * mean_log_ - cutoff * mean_ - at.log_norm;
    }

    /// Newton's step in (a, ν = ln Λ), ascending.
    void step(double cutoff, const Integrals& at, double& da, double& dv) const
    {
        const double ga = at.t - mean_log_;
        const double gl = at.u - mean_;
        const double aa = at.tt - at.t * at.t;
        const double al = (at.tu - at.t * at.u) * cutoff;
        double vv = (at.uu - at.u * at.u) * cutoff * cutoff - gl * cutoff;
        const double gv = gl * cutoff;
        double determinant = aa * vv - al * al;
        if (!(determinant > 0)) {  // not concave here in ν: steepest ascent, scaled
            vv = std::max(std::abs(vv), al * al / aa * 2 + 1e-12);
            determinant = aa * vv - al * al;
        }
        da = (vv * ga - al * gv) / determinant;
        dv = std::clamp((aa * gv - al * ga) / determinant, -3.0, 3.0);
    }

private:
    double mean_log_, mean_;
};

}  // namespace

TruncatedPowerLaw fit_truncated_power_law(double mean_log, double mean, double a_without)
{
    const Likelihood likelihood(mean_log, mean);
    TruncatedPowerLaw best{a_without, 0, -std::log(a_without - 1)};
    double best_value = -a_without * mean_log + std::log(a_without - 1);
    double a = a_without;
    double v = std::log(0.1 / mean);
    Integrals at = integrate(a, std::exp(v));
    double value = likelihood.value(a, std::exp(v), at);
    for (int iteration = 0; iteration < 40; ++iteration) {
        double da = 0;
        double dv = 0;
        likelihood.step(std::exp(v), at, da, dv);
        bool moved = false;
        for (double share = 1; share > 1e-6 && !moved; share /= 2) {
            const double next_a = a + share * da;
            const double next_v = std::max(v + share * dv, -60.0);
            const Integrals next = integrate(next_a, std::exp(next_v));
            const double next_value = likelihood.value(next_a, std::exp(next_v), next);
            if (next_value >= value) {
                moved = next_value > value + 1e-14 * std::abs(value);
                a = next_a;
                v = next_v;
                at = next;
                value = next_value;
                break;
            }
        }
        if (!moved)
            break;
    }
    if (value > best_value) {
        best_value = value;
        best = {a, std::exp(v), at.log_norm};
    }
    return best;
}

}  // namespace specsweep::metrics
