#include "metrics/rank_correlation.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include "metrics/line_fit.hpp"

namespace specsweep::metrics {

std::vector<double> mid_ranks(std::span<const double> values)
{
    std::vector<std::pair<double, std::uint32_t>> order;
    order.reserve(values.size());
    for (std::size_t i = 0; i < values.size(); ++i)
        order.emplace_back(values[i], static_cast<std::uint32_t>(i));
    if (!std::is_sorted(order.begin(), order.end()))  // 1/sigma is
        std::sort(order.begin(), order.end());
    std::vector<double> ranks(values.size());
    for (std::size_t begin = 0; begin < order.size();) {
        std::size_t end = begin;
        while (end < order.size() && order[end].first == order[begin].first)
            ++end;
        const double rank = static_cast<double>(begin + 1 + end) / 2;
        for (std::size_t i = begin; i < end; ++i)
            ranks[order[i].second] = rank;
        begin = end;
    }
    return ranks;
}

double spearman(std::span<const double> a, std::span<const double> b)
{
    if (a.empty())
        return 0;
    const LineFit fit = fit_line(mid_ranks(a), mid_ranks(b));
    const double magnitude = std::sqrt(fit.r2);
    return fit.slope < 0 ? -magnitude : magnitude;
}

}  // namespace specsweep::metrics
