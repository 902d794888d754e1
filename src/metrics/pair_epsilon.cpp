#include "metrics/pair_epsilon.hpp"

#include <cmath>
#include <vector>

#include "metrics/epsilon_regression.hpp"

namespace specsweep::metrics {

namespace {

using P = PairMetrics;

constexpr Value P::*epsilon_columns[] = {&P::epsilon_slope,      &P::epsilon_r2,         &P::epsilon_r2_null_median,
                                         &P::epsilon_r2_null_95, &P::epsilon_intercept,  &P::epsilon_r2_null_05,
                                         &P::epsilon_leverage,   &P::epsilon_r2_trimmed, &P::epsilon_log_slope,
                                         &P::epsilon_spearman,   &P::epsilon_count};

/// σ_k and |δ_k| of the values that both spectra resolve.
struct Changes {
    std::vector<double> sigma, change;
    std::int64_t up = 0;
};

Changes resolved_changes(const SpectrumView& reference, const SpectrumView& quantized, double tolerance)
{
    Changes changes;
    for (std::size_t k = 0; k < reference.sigma.size(); ++k)
        if (reference.is_resolved(k, tolerance) && quantized.is_resolved(k, tolerance)) {
            const double change = quantized.sigma[k] - reference.sigma[k];
            changes.sigma.push_back(reference.sigma[k]);
            changes.change.push_back(std::abs(change));
            changes.up += change > 0;
        }
    return changes;
}

std::string_view why_none(const SpectrumView& reference, const ErrorMoments& moments, const Changes& changes)
{
    if (reference.is_zero())
        return "zero-matrix";
    if (moments.error_frobenius_squared == 0)
        return "zero-error";
    return changes.sigma.size() < epsilon_fewest ? "too-few-values" : "flat-spectrum";
}

}  // namespace

void fill_epsilon(PairMetrics& metrics, const SpectrumView& reference, const SpectrumView& quantized,
                  const ErrorMoments& moments, const MetricSettings& settings)
{
    const Changes changes = resolved_changes(reference, quantized, settings.tolerance);
    metrics.share_up = changes.sigma.empty()
                           ? Value::undefined(reference.is_zero() ? "zero-matrix" : "too-few-values")
                           : Value(static_cast<double>(changes.up) / static_cast<double>(changes.sigma.size()));
    const auto fit = epsilon_regression(changes.sigma, changes.change, settings.seed);
    if (!fit) {
        for (Value P::*column : epsilon_columns)
            metrics.*column = Value::undefined(why_none(reference, moments, changes));
        return;
    }
    metrics.epsilon_slope = fit->slope;
    metrics.epsilon_r2 = fit->r2;
    metrics.epsilon_r2_null_median = fit->null_median;
    metrics.epsilon_r2_null_95 = fit->null_95;
    metrics.epsilon_intercept = fit->intercept;
    metrics.epsilon_r2_null_05 = fit->null_05;
    metrics.epsilon_leverage = fit->leverage_share;
    metrics.epsilon_r2_trimmed = fit->r2_without_top;
    metrics.epsilon_log_slope = fit->log_slope;
    metrics.epsilon_spearman = fit->spearman;
    metrics.epsilon_count = static_cast<double>(fit->used);
}

}  // namespace specsweep::metrics
