#include "metrics/pair.hpp"

#include <cmath>

#include "base/error.hpp"
#include "metrics/columns.hpp"

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
    if (error == 0) {
        metrics.noise_alignment = Value::undefined("zero-error");
        metrics.weyl_tightness = Value::undefined("zero-error");
        metrics.mirsky_tightness = Value::undefined("zero-error");
    } else {
        metrics.noise_alignment = moments.inner_product / moments.error_frobenius_squared;
        metrics.mirsky_tightness = mirsky_tightness(reference, quantized, error);
    }
    metrics.sqnr_db = reference.is_zero() ? Value::undefined("zero-matrix")
                                          : Value(20 * std::log10(std::sqrt(reference.frobenius_squared) / error));
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

PairMetrics pair_metrics(const SpectrumView& reference, const SpectrumView& quantized, const ErrorMoments& moments)
{
    if (reference.sigma.size() != quantized.sigma.size() || reference.rows != quantized.rows ||
        reference.cols != quantized.cols)
        throw InternalError("a matrix and its quantized form differ in shape");
    PairMetrics metrics;
    fill_ratios(metrics, reference, quantized);
    fill_error(metrics, reference, quantized, moments);
    fill_shares(metrics, reference, moments);
    if (!reference.is_complete() || !quantized.is_complete())
        for (Value PairMetrics::*of_all_values :
             {&PairMetrics::weyl_tightness, &PairMetrics::mirsky_tightness, &PairMetrics::epsilon_slope,
              &PairMetrics::epsilon_r2, &PairMetrics::epsilon_r2_null_median, &PairMetrics::epsilon_r2_null_95})
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
