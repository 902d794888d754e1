#include "metrics/numerical_rank.hpp"

#include <algorithm>
#include <limits>

namespace specsweep::metrics {

NumericalRank numerical_rank(const SpectrumView& spectrum)
{
    NumericalRank rank{0, 0, 0};
    if (spectrum.sigma.empty())
        return rank;
    const double factor =
        static_cast<double>(std::max(spectrum.rows, spectrum.cols)) * std::numeric_limits<double>::epsilon();
    const double head = spectrum.sigma.front();
    const double head_error = spectrum.error.front();
    for (std::size_t k = 0; k < spectrum.sigma.size(); ++k) {
        const double sigma = spectrum.sigma[k];
        const double error = spectrum.error[k];
        rank.value += sigma > factor * head;
        rank.low += sigma - error > factor * (head + head_error);
        rank.high += sigma + error > factor * std::max(0.0, head - head_error);
    }
    return rank;
}

}  // namespace specsweep::metrics
