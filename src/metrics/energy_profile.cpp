#include "metrics/energy_profile.hpp"

#include <algorithm>
#include <cstddef>

#include "metrics/sums.hpp"

namespace specsweep::metrics {

namespace {

double square(double x)
{
    return x * x;
}

double relative_energy(std::span<const double> sigma)
{
    const double head = sigma.front();
    return sum_ascending(sigma, [=](double s) { return square(s / head); });
}

}  // namespace

EnergyRanks energy_ranks(std::span<const double> sigma)
{
    const double total = relative_energy(sigma);
    EnergyRanks ranks;
    double sum = 0;
    for (std::size_t k = 0; k < sigma.size(); ++k) {
        sum += square(sigma[k] / sigma.front());
        const auto rank = static_cast<std::int64_t>(k + 1);
        if (ranks.r50 == 0 && sum >= 0.50 * total)
            ranks.r50 = rank;
        if (ranks.r90 == 0 && sum >= 0.90 * total)
            ranks.r90 = rank;
        if (ranks.r99 == 0 && sum >= 0.99 * total)
            ranks.r99 = rank;
    }
    // The two sums differ in order: the last rank always has everything.
    const auto last = static_cast<std::int64_t>(sigma.size());
    for (std::int64_t* rank : {&ranks.r50, &ranks.r90, &ranks.r99})
        if (*rank == 0)
            *rank = last;
    return ranks;
}

EnergyShift energy_shift(std::span<const double> sigma, std::span<const double> quantized)
{
    const double total = relative_energy(sigma);
    const double total_quantized = relative_energy(quantized);
    EnergyShift shift;
    double before = 0;
    double after = 0;
    for (std::size_t k = 0; k < sigma.size(); ++k) {
        before += square(sigma[k] / sigma.front());
        after += square(quantized[k] / quantized.front());
        const double drop = before / total - after / total_quantized;
        shift.area += drop;
        shift.largest_drop = std::max(shift.largest_drop, drop);
    }
    shift.area /= static_cast<double>(sigma.size());
    return shift;
}

ErrorRanks error_ranks(std::span<const double> sigma, double error_spectral, double error_frobenius_squared)
{
    ErrorRanks ranks;
    for (const double s : sigma)
        ranks.above_norm += s > error_spectral;
    std::size_t r = sigma.size();
    double lost = 0;
    while (r > 0 && lost + square(sigma[r - 1]) <= error_frobenius_squared)
        lost += square(sigma[--r]);
    ranks.equal_energy = static_cast<std::int64_t>(r);
    ranks.sigma_after = r < sigma.size() ? sigma[r] : 0;
    return ranks;
}

}  // namespace specsweep::metrics
