#include "metrics/single.hpp"

#include <algorithm>
#include <vector>

#include "base/error.hpp"
#include "metrics/effective_rank.hpp"
#include "metrics/numerical_rank.hpp"
#include "metrics/power_law.hpp"
#include "metrics/spectral_slope.hpp"

namespace specsweep::metrics {

namespace {

void fill_condition_number(SingleMetrics& metrics, const SpectrumView& spectrum, double tolerance)
{
    const double tail = spectrum.sigma_min();
    const double tail_error = spectrum.error.back();
    const double head_low = std::max(0.0, spectrum.sigma_max() - spectrum.error.front());
    metrics.condition_number_lower = head_low / (tail + tail_error);
    metrics.condition_number = tail > 0 && tail_error <= tolerance * tail
                                   ? Value(spectrum.sigma_max() / tail)
                                   : Value::undefined("smallest-value-unresolved");
}

void fill_counts(SingleMetrics& metrics, const SpectrumView& spectrum, double tolerance)
{
    const NumericalRank rank = numerical_rank(spectrum);
    metrics.numerical_rank = static_cast<double>(rank.value);
    metrics.numerical_rank_low = static_cast<double>(rank.low);
    metrics.numerical_rank_high = static_cast<double>(rank.high);
    std::int64_t unresolved = 0;
    for (std::size_t k = 0; k < spectrum.sigma.size(); ++k)
        unresolved += spectrum.error[k] > tolerance * spectrum.sigma[k];
    metrics.unresolved_count = static_cast<double>(unresolved);
}

/// The resolved values, descending as they were.
std::vector<double> resolved_values(const SpectrumView& spectrum, double tolerance)
{
    std::vector<double> values;
    for (std::size_t k = 0; k < spectrum.sigma.size(); ++k)
        if (spectrum.is_resolved(k, tolerance))
            values.push_back(spectrum.sigma[k]);
    return values;
}

constexpr std::size_t fewest_for_fit = 10;
constexpr Value SingleMetrics::*power_law_columns[] = {&SingleMetrics::powerlaw_alpha, &SingleMetrics::powerlaw_xmin,
                                                       &SingleMetrics::powerlaw_d, &SingleMetrics::powerlaw_n_tail};

void set_reason(SingleMetrics& metrics, std::span<Value SingleMetrics::*const> columns, std::string_view reason)
{
    for (Value SingleMetrics::*column : columns)
        metrics.*column = Value::undefined(reason);
}

void fill_power_law(SingleMetrics& metrics, std::span<const double> sigma)
{
    std::vector<double> energy(sigma.rbegin(), sigma.rend());
    for (double& value : energy)
        value *= value;
    const auto fit = fit_power_law(energy);
    if (!fit)
        return set_reason(metrics, power_law_columns, "flat-spectrum");
    metrics.powerlaw_alpha = fit->alpha;
    metrics.powerlaw_xmin = fit->xmin;
    metrics.powerlaw_d = fit->d;
    metrics.powerlaw_n_tail = static_cast<double>(fit->n_tail);
}

void fill_fits(SingleMetrics& metrics, const SpectrumView& spectrum, double tolerance)
{
    const std::vector<double> sigma = resolved_values(spectrum, tolerance);
    if (sigma.size() < fewest_for_fit) {
        metrics.spectral_slope = Value::undefined("too-few-values");
        return set_reason(metrics, power_law_columns, "too-few-values");
    }
    metrics.spectral_slope =
        spectral_slope(sigma, 1, static_cast<std::int64_t>(sigma.size()), RankWeights::reciprocal)->slope;
    fill_power_law(metrics, sigma);
}

}  // namespace

SingleMetrics single_metrics(const SpectrumView& spectrum, const MetricSettings& settings)
{
    if (spectrum.sigma.size() != spectrum.error.size())
        throw InternalError("a spectrum has another number of bounds than of values");
    SingleMetrics metrics;
    metrics.sigma_max = spectrum.sigma_max();
    metrics.sigma_max_error = spectrum.error.empty() ? 0.0 : spectrum.error.front();
    metrics.sigma_min = spectrum.sigma_min();
    metrics.frobenius_squared = spectrum.frobenius_squared;
    fill_counts(metrics, spectrum, settings.tolerance);
    if (spectrum.is_zero()) {
        for (Value SingleMetrics::*quotient :
             {&SingleMetrics::stable_rank, &SingleMetrics::condition_number, &SingleMetrics::condition_number_lower,
              &SingleMetrics::erank_sv, &SingleMetrics::erank_energy, &SingleMetrics::pr_energy,
              &SingleMetrics::spectral_slope, &SingleMetrics::powerlaw_alpha, &SingleMetrics::powerlaw_xmin,
              &SingleMetrics::powerlaw_d, &SingleMetrics::powerlaw_n_tail})
            metrics.*quotient = Value::undefined("zero-matrix");
        return metrics;
    }
    const double head = spectrum.sigma_max();
    metrics.stable_rank = spectrum.frobenius_squared / head / head;
    fill_condition_number(metrics, spectrum, settings.tolerance);
    const EffectiveRanks ranks = effective_ranks(spectrum.sigma);
    metrics.erank_sv = ranks.erank_sv;
    metrics.erank_energy = ranks.erank_energy;
    metrics.pr_energy = ranks.pr_energy;
    fill_fits(metrics, spectrum, settings.tolerance);
    return metrics;
}

}  // namespace specsweep::metrics
