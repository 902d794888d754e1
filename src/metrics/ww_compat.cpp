#include "metrics/ww_compat.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "metrics/log_norms.hpp"
#include "metrics/power_law.hpp"

namespace specsweep::metrics {

namespace {

constexpr double smallest_fitted = 1e-5;
constexpr double weak_value = 1e-6;
constexpr std::size_t fewest_values = 10;
constexpr std::int64_t largest_side = 50000;

double entropy(std::span<const double> ascending, double norm, std::int64_t rank)
{
    double sum = 0;
    for (const double value : ascending) {
        const double p = value / norm + 1e-10;
        sum -= p * std::log(p);
    }
    return sum / std::log(static_cast<double>(rank));
}

void fit(WeightWatcherRow& row, std::span<const double> ascending)
{
    const auto begin =
        std::find_if(ascending.begin(), ascending.end(), [](double value) { return value > smallest_fitted; });
    const std::span<const double> fitted(begin, ascending.end());
    if (fitted.size() < fewest_values)
        return;
    const auto law = fit_power_law(fitted, KsConvention::index_ecdf);
    if (!law)
        return;
    row.alpha = law->alpha;
    row.d = law->d;
    row.sigma = law->alpha_error;
    row.xmin = law->xmin;
    row.xmax = fitted.back();
    row.num_pl_spikes = law->n_tail;
    row.alpha_weighted = law->alpha * std::log10(row.lambda_max);
    row.log_alpha_norm = log10_power_sum(fitted, law->alpha);
    row.warning = law->alpha < 2 ? "over-trained" : law->alpha > 6 ? "under-trained" : "";
}

}  // namespace

WeightWatcherRow weight_watcher_row(std::span<const double> sigma, std::int64_t rows, std::int64_t cols)
{
    WeightWatcherRow row;
    row.larger = std::max(rows, cols);
    row.smaller = std::min(rows, cols);
    row.num_evals = static_cast<std::int64_t>(sigma.size());
    row.status = "skipped";
    if (sigma.empty() || sigma.front() == 0)
        return row;
    std::vector<double> ascending(sigma.rbegin(), sigma.rend());
    for (double& value : ascending) {
        value *= value;
        row.norm += value;
        row.weak_rank_loss += value < weak_value;
    }
    row.q = static_cast<double>(row.larger) / static_cast<double>(row.smaller);
    row.sv_max = sigma.front();
    row.sv_min = sigma.back();
    row.lambda_max = row.spectral_norm = ascending.back();
    row.log_norm = std::log10(row.norm);
    row.log_spectral_norm = std::log10(row.spectral_norm);
    row.stable_rank = row.norm / row.spectral_norm;
    const double tolerance = row.sv_max * static_cast<double>(row.larger) * std::numeric_limits<double>::epsilon();
    for (const double s : sigma)
        row.matrix_rank += s > tolerance;
    row.rank_loss = row.num_evals - row.matrix_rank;
    row.entropy = entropy(ascending, row.norm, row.matrix_rank);
    fit(row, ascending);
    if (sigma.size() >= fewest_values && row.larger <= largest_side)
        row.status = row.alpha < 0 ? "failed" : "success";
    return row;
}

}  // namespace specsweep::metrics
