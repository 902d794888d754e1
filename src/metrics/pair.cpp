#include "metrics/pair.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "metrics/columns.hpp"
#include "metrics/energy_profile.hpp"
#include "metrics/error_norm.hpp"
#include "metrics/extended.hpp"
#include "metrics/pair_epsilon.hpp"
#include "metrics/second_order.hpp"

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
    double certain_squared = 0;
    for (std::size_t k = 0; k < reference.sigma.size(); ++k) {
        const double change = std::abs(quantized.sigma[k] - reference.sigma[k]);
        largest = std::max(largest, change);
        const double sure = std::max(0.0, change - quantized.error[k] - reference.error[k] - reference.input_rounding);
        certain = std::max(certain, sure);
        certain_squared += square(sure);
    }
    metrics.sigma_change_max = largest;
    metrics.sigma_change_certain = certain;
    metrics.sigma_change_certain_squared = certain_squared;
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
    metrics.error_spectral_high = Value::measured(moments.spectral_high);
    if (metrics.error_spectral_high)
        metrics.error_spectral_high = std::min(norm.upper, moments.spectral_high);
    metrics.forward_error_rms =
        reference.is_zero() ? Value::undefined("zero-matrix") : Value::measured(moments.forward_rms);
    metrics.forward_error_worst =
        reference.is_zero() ? Value::undefined("zero-matrix") : Value::measured(moments.forward_worst);
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

void fill_profile(PairMetrics& metrics, const SpectrumView& reference, const SpectrumView& quantized,
                  const ErrorMoments& moments)
{
    const ErrorRanks ranks =
        error_ranks(reference.sigma, *metrics.error_spectral_upper, moments.error_frobenius_squared);
    metrics.error_rank_norm = static_cast<double>(ranks.above_norm);
    metrics.error_rank_energy = static_cast<double>(ranks.equal_energy);
    metrics.truncation_sigma = ranks.sigma_after;
    if (reference.is_zero() || quantized.is_zero()) {
        const auto reason = Value::undefined(reference.is_zero() ? "zero-matrix" : "quantized-to-zero");
        metrics.energy_area = metrics.energy_drop_max = reason;
        return;
    }
    const EnergyShift shift = energy_shift(reference.sigma, quantized.sigma);
    metrics.energy_area = shift.area;
    metrics.energy_drop_max = shift.largest_drop;
}

/// What white noise of the same energy would do.
void fill_whiteness(PairMetrics& metrics, const SpectrumView& reference, const SpectrumView& quantized)
{
    const auto m = static_cast<double>(reference.rows);
    const auto n = static_cast<double>(reference.cols);
    const double rms = *metrics.error_frobenius / std::sqrt(m) / std::sqrt(n);
    if (!(rms > 0)) {
        for (Value PairMetrics::*column :
             {&PairMetrics::error_whiteness, &PairMetrics::second_order_ratio, &PairMetrics::second_order_count})
            metrics.*column = Value::undefined("zero-error");
        return;
    }
    metrics.error_whiteness = *metrics.error_spectral / (rms * (std::sqrt(m) + std::sqrt(n)));
    const auto fit = second_order_fit(reference.sigma, quantized.sigma, rms, reference.rows, reference.cols);
    metrics.second_order_count = fit ? static_cast<double>(fit->used) : 0.0;
    metrics.second_order_ratio = fit ? Value(fit->median_ratio) : Value::undefined("below-noise");
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

using P = PairMetrics;

constexpr Value P::*need_all_values[] = {
    &P::weyl_tightness,     &P::mirsky_tightness,       &P::epsilon_slope,
    &P::epsilon_r2,         &P::epsilon_r2_null_median, &P::epsilon_r2_null_95,
    &P::sigma_change_max,   &P::sigma_change_certain,   &P::sigma_change_certain_squared,
    &P::error_rank_norm,    &P::error_rank_energy,      &P::truncation_sigma,
    &P::energy_area,        &P::energy_drop_max,        &P::share_up,
    &P::epsilon_intercept,  &P::epsilon_r2_null_05,     &P::epsilon_leverage,
    &P::epsilon_r2_trimmed, &P::epsilon_log_slope,      &P::epsilon_spearman,
    &P::epsilon_count,      &P::second_order_ratio,     &P::second_order_count};

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
    fill_profile(metrics, reference, quantized, moments);
    fill_whiteness(metrics, reference, quantized);
    fill_epsilon(metrics, reference, quantized, moments, settings);
    fill_shares(metrics, reference, moments);
    fill_extended(metrics, quantized);
    if (!reference.is_complete() || !quantized.is_complete())
        for (Value PairMetrics::*of_all_values : need_all_values)
            metrics.*of_all_values = Value::undefined("fast-metrics");
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
