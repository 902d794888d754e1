#include "metrics/bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "metrics/counter_random.hpp"

namespace specsweep::metrics {

double bootstrap_p(std::span<const double> ascending, const PowerLawFit& fit, KsConvention convention,
                   std::int64_t samples, std::uint64_t seed, Candidates allowed)
{
    const std::size_t n = ascending.size();
    const std::size_t below = n - static_cast<std::size_t>(fit.n_tail);
    const double share = static_cast<double>(fit.n_tail) / static_cast<double>(n);
    std::vector<double> synthetic(n);
    std::int64_t as_bad = 0;
    for (std::int64_t sample = 0; sample < samples; ++sample) {
        const CounterRandom random(seed, static_cast<std::uint64_t>(sample));
        for (std::size_t i = 0; i < n; ++i) {
            if (below == 0 || random.uniform(2 * i) < share)
                synthetic[i] = fit.xmin * std::pow(1 - random.uniform(2 * i + 1), -1 / (fit.alpha - 1));
            else
                synthetic[i] = ascending[static_cast<std::size_t>(random.below(2 * i + 1, below))];
        }
        std::sort(synthetic.begin(), synthetic.end());
        const auto refit = fit_power_law(synthetic, convention, allowed);
        as_bad += refit && refit->d >= fit.d;
    }
    return static_cast<double>(as_bad) / static_cast<double>(samples);
}

}  // namespace specsweep::metrics
