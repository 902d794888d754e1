#include "metrics/pair.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/error.hpp"
#include "metrics/columns.hpp"
#include "metrics/epsilon_regression.hpp"
#include "metrics/error_norm.hpp"

namespace specsweep::metrics {

namespace {

double square(double x)
{
    return x * x;
}

void fill_ratios(PairMetrics& metrics, const SpectrumView& reference, const SpectrumView& quantized)
{
    if (reference.is_zero()) {
        for (Value PairMetrics::*ratio :
             {&PairMetrics::stable_rank_ratio, &PairMetrics::frobenius_ratio, &PairMetrics::sigma_max_ratio})
            metrics.*ratio = Value::undefined("zero-matrix");
        return;
    }
    const double f = quantized.frobenius_squared / reference.frobenius_squared;
    const double g = square(quantized.sigma_max() / reference.sigma_max());
    metrics.frobenius_ratio = f;
    metrics.sigma_max_ratio = g;
    metrics.stable_rank_ratio = quantized.is_zero() ? Value::undefined("quantized-to-zero") : Value(f / g);
}

void fill_changes(PairMetrics& metrics, const SpectrumView& reference, const SpectrumView& quantized)
{
    double largest = 0;
    double certain = 0;
    for (std::size_t k = 0; k < reference.sigma.size(); ++k) {
        const double change = std::abs(quantized.sigma[k] - reference.sigma[k]);
        largest = std::max(largest, change);
        certain = std::max(certain, change - quantized.error[k] - reference.error[k]);
    }
    metrics.sigma_change_max = largest;
    metrics.sigma_change_certain = certain;
}

/// @pre error_frobenius > 0
double mirsky_tightness(const SpectrumView& reference, const SpectrumView& quantized, double error_frobenius)
{
    double sum = 0;
    for (std::size_t k = reference.sigma.size(); k-- > 0;)
        sum += square((quantized.sigma[k] - reference.sigma[k]) / error_frobenius);
    return sum;
}

void fill_error(PairMetrics& metrics, const SpectrumView& reference, const SpectrumView& quantized,
                const ErrorMoments& moments)
{
    const double error = std::sqrt(moments.error_frobenius_squared);
    metrics.error_frobenius = error;
    metrics.error_max = moments.error_max;
    fill_changes(metrics, reference, quantized);
    const ErrorNormBounds norm = error_norm_bounds(reference, quantized, moments);
    metrics.error_spectral = norm.lower;
    metrics.error_spectral_upper = norm.upper;
    if (error == 0) {
        metrics.noise_alignment = Value::undefined("zero-error");
        metrics.weyl_tightness = Value::undefined("zero-error");
        metrics.mirsky_tightness = Value::undefined("zero-error");
    } else {
        metrics.noise_alignment = moments.inner_product / moments.error_frobenius_squared;
        metrics.weyl_tightness = *metrics.sigma_change_max / norm.upper;
        metrics.mirsky_tightness = mirsky_tightness(reference, quantized, error);
    }
    metrics.sqnr_db = reference.is_zero() ? Value::undefined("zero-matrix")
                                          : Value(20 * std::log10(std::sqrt(reference.frobenius_squared) / error));
}

/// σ_k and |δ_k| of the values that both spectra resolve.
struct Changes {
    std::vector<double> sigma, change;
};

Changes resolved_changes(const SpectrumView& reference, const SpectrumView& quantized, double tolerance)
{
    Changes changes;
    for (std::size_t k = 0; k < reference.sigma.size(); ++k)
        if (reference.is_resolved(k, tolerance) && quantized.is_resolved(k, tolerance)) {
            changes.sigma.push_back(reference.sigma[k]);
            changes.change.push_back(std::abs(quantized.sigma[k] - reference.sigma[k]));
        }
    return changes;
}

constexpr Value PairMetrics::*epsilon_columns[] = {&PairMetrics::epsilon_slope, &PairMetrics::epsilon_r2,
                                                   &PairMetrics::epsilon_r2_null_median,
                                                   &PairMetrics::epsilon_r2_null_95};

void fill_epsilon(PairMetrics& metrics, const SpectrumView& reference, const SpectrumView& quantized,
                  const ErrorMoments& moments, const MetricSettings& settings)
{
    const Changes changes = resolved_changes(reference, quantized, settings.tolerance);
    const auto fit = epsilon_regression(changes.sigma, changes.change, settings.seed);
    if (!fit) {
        const std::string_view reason = reference.is_zero()                     ? "zero-matrix"
                                        : moments.error_frobenius_squared == 0  ? "zero-error"
                                        : changes.sigma.size() < epsilon_fewest ? "too-few-values"
                                                                                : "flat-spectrum";
        for (Value PairMetrics::*column : epsilon_columns)
            metrics.*column = Value::undefined(reason);
        return;
    }
    metrics.epsilon_slope = fit->slope;
    metrics.epsilon_r2 = fit->r2;
    metrics.epsilon_r2_null_median = fit->null_median;
    metrics.epsilon_r2_null_95 = fit->null_95;
}

void fill_shares(PairMetrics& metrics, const SpectrumView& reference, const ErrorMoments& moments)
{
    const double elements = static_cast<double>(reference.rows) * static_cast<double>(reference.cols);
    if (elements == 0) {
        metrics.zero_share = Value::undefined("zero-matrix");
        metrics.clipped_share = Value::undefined("zero-matrix");
        return;
    }
    metrics.zero_share = static_cast<double>(moments.zeroed) / elements;
    metrics.clipped_share = static_cast<double>(moments.clipped) / elements;
}

}  // namespace

PairMetrics pair_metrics(const SpectrumView& reference, const SpectrumView& quantized, const ErrorMoments& moments,
                         const MetricSettings& settings)
{
    if (reference.sigma.size() != quantized.sigma.size() || reference.rows != quantized.rows ||
        reference.cols != quantized.cols)
        throw InternalError("a matrix and its quantized form differ in shape");
    PairMetrics metrics;
    fill_ratios(metrics, reference, quantized);
    fill_error(metrics, reference, quantized, moments);
    fill_epsilon(metrics, reference, quantized, moments, settings);
    fill_shares(metrics, reference, moments);
    return metrics;
}

PairMetrics undefined_pair_metrics(std::string_view reason)
{
    PairMetrics metrics;
    for (const Column& column : columns())
        if (column.is_pair())
            metrics.*column.pair = Value::undefined(reason);
    return metrics;
}

}  // namespace specsweep::metrics
