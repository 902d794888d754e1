#include "metrics/effective_rank.hpp"

#include <cmath>

#include "metrics/sums.hpp"

namespace specsweep::metrics {

namespace {

/// exp(H) of the weights w_k/Σw: ln Σw − Σ w ln w / Σw, which needs no division per element.
double exponential_entropy(double total, double mixed)
{
    return std::exp(std::log(total) - mixed / total);
}

double times_log(double w)
{
    return w > 0 ? w * std::log(w) : 0.0;
}

double rankme(std::span<const double> sigma, double total)
{
    constexpr double added = 1e-7;
    return std::exp(-sum_ascending(sigma, [=](double s) { return times_log(s / total + added); }));
}

}  // namespace

EffectiveRanks effective_ranks(std::span<const double> sigma)
{
    const double head = sigma.front();
    const auto square = [](double x) { return x * x; };
    double sum = 0;
    double sum_log = 0;
    double energy = 0;
    double energy_log = 0;
    double fourth = 0;
    for (std::size_t k = sigma.size(); k-- > 0;) {
        const double w = sigma[k] / head;
        const double w_log = times_log(w);
        sum += w;
        sum_log += w_log;
        energy += w * w;
        energy_log += 2 * w * w_log;  // w² ln w²
        fourth += square(w * w);
    }
    return {.erank_sv = exponential_entropy(sum, sum_log),
            .erank_energy = exponential_entropy(energy, energy_log),
            .pr_energy = square(energy) / fourth,
            .rankme = rankme(sigma, sum * head)};
}

}  // namespace specsweep::metrics
