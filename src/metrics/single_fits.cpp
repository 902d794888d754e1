#include "metrics/single_fits.hpp"

#include "metrics/likelihood_ratio.hpp"
#include "metrics/log_norms.hpp"
#include "metrics/power_law.hpp"
#include "metrics/spectral_slope.hpp"
#include "metrics/tail_exponent.hpp"

namespace specsweep::metrics {

namespace {

using S = SingleMetrics;

constexpr Value S::*slope_columns[] = {&S::spectral_slope, &S::spectral_slope_error, &S::spectral_slope_r2,
                                       &S::spectral_slope_last, &S::spectral_slope_req};
constexpr Value S::*runner_up_columns[] = {&S::powerlaw_runner_up_alpha, &S::powerlaw_runner_up_d,
                                           &S::powerlaw_runner_up_n_tail};
constexpr Value S::*power_law_columns[] = {&S::powerlaw_alpha,
                                           &S::powerlaw_xmin,
                                           &S::powerlaw_d,
                                           &S::powerlaw_n_tail,
                                           &S::powerlaw_alpha_error,
                                           &S::powerlaw_zipf,
                                           &S::powerlaw_runner_up_alpha,
                                           &S::powerlaw_runner_up_d,
                                           &S::powerlaw_runner_up_n_tail,
                                           &S::powerlaw_llr_exponential,
                                           &S::powerlaw_p_exponential,
                                           &S::powerlaw_llr_lognormal,
                                           &S::powerlaw_p_lognormal,
                                           &S::powerlaw_llr_truncated,
                                           &S::powerlaw_p_truncated,
                                           &S::hill_alpha_mid,
                                           &S::hill_alpha_tenth,
                                           &S::powerlaw_alpha_peak,
                                           &S::log_alpha_norm};

void undefine(SingleMetrics& metrics, std::span<Value S::*const> columns, std::string_view reason)
{
    for (Value S::*column : columns)
        metrics.*column = Value::undefined(reason);
}

Value value_or(const std::optional<double>& value, std::string_view reason)
{
    return value ? Value(*value) : Value::undefined(reason);
}

void fill_slopes(SingleMetrics& metrics, const std::vector<double>& sigma)
{
    const auto count = static_cast<std::int64_t>(sigma.size());
    const auto slope = spectral_slope(sigma, 1, count, RankWeights::reciprocal);
    metrics.spectral_slope = slope->slope;
    metrics.spectral_slope_error = slope->slope_error;
    metrics.spectral_slope_r2 = slope->r2;
    metrics.spectral_slope_last = static_cast<double>(slope->last);
    const auto middle = spectral_slope(sigma, 11, 100, RankWeights::equal);
    metrics.spectral_slope_req = middle ? Value(middle->slope) : Value::undefined("too-few-values");
}

void fill_comparison(SingleMetrics& metrics, std::span<const double> energy, const PowerLawFit& fit)
{
    const TailComparison against = compare_tail(energy, fit);
    metrics.powerlaw_llr_exponential = against.exponential.log_ratio;
    metrics.powerlaw_p_exponential = against.exponential.p;
    metrics.powerlaw_llr_lognormal = against.lognormal.log_ratio;
    metrics.powerlaw_p_lognormal = against.lognormal.p;
    metrics.powerlaw_llr_truncated = against.truncated_power_law.log_ratio;
    metrics.powerlaw_p_truncated = against.truncated_power_law.p;
}

void fill_power_law(SingleMetrics& metrics, std::span<const double> energy)
{
    const auto fit = fit_power_law(energy);
    if (!fit)
        return undefine(metrics, power_law_columns, "flat-spectrum");
    metrics.powerlaw_alpha = fit->alpha;
    metrics.powerlaw_xmin = fit->xmin;
    metrics.powerlaw_d = fit->d;
    metrics.powerlaw_n_tail = static_cast<double>(fit->n_tail);
    metrics.powerlaw_alpha_error = fit->alpha_error;
    metrics.powerlaw_zipf = 1 / (fit->alpha - 1);
    metrics.log_alpha_norm = log10_power_sum(energy, fit->alpha);
    fill_comparison(metrics, energy, *fit);
    if (const auto second = runner_up(energy, *fit)) {
        metrics.powerlaw_runner_up_alpha = second->alpha;
        metrics.powerlaw_runner_up_d = second->d;
        metrics.powerlaw_runner_up_n_tail = static_cast<double>(second->n_tail);
    } else {
        undefine(metrics, runner_up_columns, "no-other-tail");
    }
    metrics.hill_alpha_mid = value_or(hill_alpha_mid(energy), "flat-spectrum");
    metrics.hill_alpha_tenth = value_or(hill_alpha_tenth(energy), "flat-spectrum");
    const auto peak = fit_power_law_at_peak(energy);
    metrics.powerlaw_alpha_peak = peak ? Value(peak->alpha) : Value::undefined("no-candidate");
}

}  // namespace

std::vector<double> resolved_energies(const SpectrumView& spectrum, double tolerance)
{
    std::vector<double> energy;
    for (std::size_t k = spectrum.sigma.size(); k-- > 0;)
        if (spectrum.is_resolved(k, tolerance))
            energy.push_back(spectrum.sigma[k] * spectrum.sigma[k]);
    return energy;
}

void fill_fits(SingleMetrics& metrics, const SpectrumView& spectrum, const MetricSettings& settings)
{
    std::vector<double> sigma;
    for (std::size_t k = 0; k < spectrum.sigma.size(); ++k)
        if (spectrum.is_resolved(k, settings.tolerance))
            sigma.push_back(spectrum.sigma[k]);
    if (sigma.size() < fewest_for_fit) {
        undefine(metrics, slope_columns, "too-few-values");
        return undefine(metrics, power_law_columns, "too-few-values");
    }
    fill_slopes(metrics, sigma);
    const std::vector<double> energy = resolved_energies(spectrum, settings.tolerance);
    if (energy.front() <= 0)  // σ² underflows
        return undefine(metrics, power_law_columns, "out-of-range");
    fill_power_law(metrics, energy);
}

}  // namespace specsweep::metrics
