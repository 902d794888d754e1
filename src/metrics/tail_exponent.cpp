#include "metrics/tail_exponent.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace specsweep::metrics {

std::optional<double> hill_alpha(std::span<const double> ascending, std::int64_t k)
{
    const auto n = static_cast<std::int64_t>(ascending.size());
    if (k < 1 || k >= n)
        return std::nullopt;
    const double threshold = ascending[static_cast<std::size_t>(n - k - 1)];
    double sum = 0;
    for (std::int64_t i = n - k; i < n; ++i)
        sum += std::log(ascending[static_cast<std::size_t>(i)] / threshold);
    if (sum <= 0)
        return std::nullopt;
    return 1 + static_cast<double>(k) / sum;
}

std::optional<double> hill_alpha_mid(std::span<const double> ascending)
{
    return hill_alpha(ascending, static_cast<std::int64_t>(ascending.size() / 2));
}

std::optional<double> hill_alpha_tenth(std::span<const double> ascending)
{
    return hill_alpha(ascending, std::max<std::int64_t>(10, static_cast<std::int64_t>(ascending.size() / 10)));
}

std::optional<PowerLawFit> fit_power_law_at_peak(std::span<const double> ascending)
{
    constexpr std::size_t bins = 100;
    if (ascending.size() < 2 || ascending.front() == ascending.back())
        return std::nullopt;
    const double low = std::log10(ascending.front());
    const double width = (std::log10(ascending.back()) - low) / bins;
    std::array<std::int64_t, bins> counts{};
    for (const double value : ascending)
        ++counts[std::min(bins - 1, static_cast<std::size_t>(std::max(0.0, (std::log10(value) - low) / width)))];
    const auto fullest = std::max_element(counts.begin(), counts.end()) - counts.begin();
    const double peak = std::pow(10.0, low + static_cast<double>(fullest) * width);
    Candidates candidates;
    candidates.xmin_low = std::log10(0.95 * peak);
    candidates.xmin_high = 1.5 * peak;
    return fit_power_law(ascending, KsConvention::index_ecdf, candidates);
}

}  // namespace specsweep::metrics
