#include "metrics/truncated_power_law.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

#include "metrics/exponentials.hpp"

namespace specsweep::metrics {

namespace {

/// Moments of t = ln u and u under the law.
struct Integrals {
    double log_norm = 0;
    double t = 0, u = 0, tt = 0, tu = 0, uu = 0;
};

struct Node {
    double place, weight;
};

/// Gauss–Legendre on [−1, 1], eight points.
constexpr Node nodes[] = {
    {-0.9602898564975362, 0.10122853629037669}, {-0.7966664774136267, 0.22238103445337434},
    {-0.525532409916329, 0.31370664587788705},  {-0.18343464249564978, 0.36268378337836177},
    {0.18343464249564978, 0.36268378337836177}, {0.525532409916329, 0.31370664587788705},
    {0.7966664774136267, 0.22238103445337434},  {0.9602898564975362, 0.10122853629037669},
};

/// ∫ exp(−(a − 1)t − Λe^t) dt over t ≥ 0. The logarithm of the integrand is concave with its peak at e^t = (1 − a)/Λ
/// or at 0; it is followed until it is e^{−40} below the peak. Twenty panels of eight points: some two units of the
/// exponent a panel, so that the rule is exact to rounding. e^t at a point is e^(middle of its panel) · e^(its place).
Integrals integrate(double a, double cutoff)
{
    constexpr std::size_t panels = 20;
    const auto log_density = [=](double t) { return -(a - 1) * t - cutoff * std::exp(t); };
    const double peak = a < 1 ? std::max(0.0, std::log((1 - a) / cutoff)) : 0;
    const double top = log_density(peak);
    double end = peak + 1e-3;
    while (log_density(end) > top - 40 && end < 1e4)
        end = peak + 2 * (end - peak);
    for (double low = (peak + end) / 2; end - low > (end - peak) / 16;) {  // doubling went up to twice too far
        const double middle = (low + end) / 2;
        (log_density(middle) > top - 40 ? low : end) = middle;
    }
    const double half = end / static_cast<double>(panels) / 2;
    double places[std::size(nodes)];
    for (std::size_t i = 0; i < std::size(nodes); ++i)
        places[i] = std::exp(half * nodes[i].place);
    std::array<double, panels * std::size(nodes)> t, u, weights;
    for (std::size_t panel = 0, at = 0; panel < panels; ++panel) {
        const double middle = half * static_cast<double>(2 * panel + 1);
        const double u_middle = std::exp(middle);
        for (std::size_t i = 0; i < std::size(nodes); ++i, ++at) {
            t[at] = middle + half * nodes[i].place;
            u[at] = u_middle * places[i];
            weights[at] = -(a - 1) * t[at] - cutoff * u[at] - top;
        }
    }
    exponentials(weights);
    double mass = 0;
    Integrals sums;
    for (std::size_t at = 0; at < weights.size(); ++at) {
        const double weight = weights[at] * nodes[at % std::size(nodes)].weight;
        if (weight == 0)  // u may be infinite there
            continue;
        mass += weight;
        sums.t += weight * t[at];
        sums.u += weight * u[at];
        sums.tt += weight * t[at] * t[at];
        sums.tu += weight * t[at] * u[at];
        sums.uu += weight * u[at] * u[at];
    }
    for (double* moment : {&sums.t, &sums.u, &sums.tt, &sums.tu, &sums.uu})
        *moment /= mass;
    sums.log_norm = top + std::log(mass * half);
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
    // Concave, and ∂/∂Λ at the plain law is E[u] − mean: where it is not positive, Λ = 0 is best.
    if (a_without > 2 && (a_without - 1) / (a_without - 2) <= mean)
        return best;
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
                moved = next_value > value + 1e-12 * std::abs(value);
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
