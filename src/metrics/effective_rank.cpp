#include "metrics/effective_rank.hpp"

#include <cmath>

#include "metrics/sums.hpp"

namespace specsweep::metrics {

namespace {

/// exp(H) of the weights w_k/Σw: ln Σw − Σ w ln w / Σw, which needs no division per element.
double exponential_entropy(std::span<const double> sigma, double head, double exponent)
{
    const auto weight = [=](double s) { return std::pow(s / head, exponent); };
    const double total = sum_ascending(sigma, weight);
    const double mixed = sum_ascending(sigma, [&](double s) {
        const double w = weight(s);
        return w > 0 ? w * std::log(w) : 0.0;
    });
    return std::exp(std::log(total) - mixed / total);
}

}  // namespace

EffectiveRanks effective_ranks(std::span<const double> sigma)
{
    const double head = sigma.front();
    const auto square = [](double x) { return x * x; };
    const double energy = sum_ascending(sigma, [&](double s) { return square(s / head); });
    const double fourth = sum_ascending(sigma, [&](double s) { return square(square(s / head)); });
    return {.erank_sv = exponential_entropy(sigma, head, 1),
            .erank_energy = exponential_entropy(sigma, head, 2),
            .pr_energy = square(energy) / fourth};
}

}  // namespace specsweep::metrics
