#include "metrics/single.hpp"

#include <algorithm>
#include <vector>

#include "base/error.hpp"
#include "metrics/columns.hpp"
#include "metrics/effective_rank.hpp"
#include "metrics/energy_profile.hpp"
#include "metrics/extended.hpp"
#include "metrics/log_norms.hpp"
#include "metrics/marchenko_pastur.hpp"
#include "metrics/numerical_rank.hpp"
#include "metrics/single_fits.hpp"
#include "metrics/sums.hpp"

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

void fill_zipf(SingleMetrics& metrics, const SpectrumView& spectrum)
{
    metrics.zipf_exponent =
        spectrum.zipf_exponent ? Value::measured(*spectrum.zipf_exponent) : Value::undefined(not_applicable);
}

/// The largest value alone is known: what follows from it and the energy.
SingleMetrics of_largest_value(const SpectrumView& spectrum)
{
    SingleMetrics metrics;
    for (const Column& column : columns())
        if (!column.is_pair())
            metrics.*column.single = Value::undefined(column.only_where_applicable ? not_applicable : "fast-metrics");
    fill_zipf(metrics, spectrum);
    metrics.sigma_max = spectrum.sigma_max();
    metrics.sigma_max_error = spectrum.error.front();
    metrics.frobenius_squared = spectrum.frobenius_squared;
    metrics.stable_rank = spectrum.is_zero()
                              ? Value::undefined("zero-matrix")
                              : Value(spectrum.frobenius_squared / spectrum.sigma_max() / spectrum.sigma_max());
    return metrics;
}

void fill_ranks(SingleMetrics& metrics, const SpectrumView& spectrum)
{
    const double head = spectrum.sigma_max();
    const EffectiveRanks ranks = effective_ranks(spectrum.sigma);
    metrics.erank_sv = ranks.erank_sv;
    metrics.erank_energy = ranks.erank_energy;
    metrics.pr_energy = ranks.pr_energy;
    metrics.rankme = ranks.rankme;
    const EnergyRanks energy = energy_ranks(spectrum.sigma);
    metrics.energy_rank_50 = static_cast<double>(energy.r50);
    metrics.energy_rank_90 = static_cast<double>(energy.r90);
    metrics.energy_rank_99 = static_cast<double>(energy.r99);
    const auto rank = static_cast<std::size_t>(std::max(1.0, *metrics.numerical_rank));
    metrics.condition_number_rank = head / spectrum.sigma[rank - 1];
}

void fill_noise_model(SingleMetrics& metrics, const SpectrumView& spectrum)
{
    const MarchenkoPastur noise = marchenko_pastur(spectrum.sigma, spectrum.rows, spectrum.cols);
    metrics.mp_noise = noise.noise;
    metrics.mp_edge = noise.edge_high;
    metrics.mp_spikes = static_cast<double>(noise.spikes);
    const double head = spectrum.sigma_max();
    std::vector<double> scaled(spectrum.sigma.rbegin(), spectrum.sigma.rend());
    double sum = 0;
    for (double& value : scaled) {
        value = (value / head) * (value / head);
        sum += value;
    }
    for (double& value : scaled)
        value *= static_cast<double>(scaled.size()) / sum;
    metrics.detx_count = static_cast<double>(det_x(scaled).count);
}

void fill_angles(SingleMetrics& metrics, const std::optional<AngleMoments>& angles)
{
    using S = SingleMetrics;
    constexpr Value S::*raw[] = {&S::cosine_mean, &S::cosine_mean_square, &S::cosine_share_1, &S::cosine_share_2,
                                 &S::cosine_share_3};
    constexpr Value S::*centred[] = {&S::centred_cosine_mean, &S::centred_cosine_mean_square,
                                     &S::centred_cosine_share_1, &S::centred_cosine_share_2,
                                     &S::centred_cosine_share_3};
    const auto fill = [&](std::span<Value S::*const> columns, const CosineMoments* moments) {
        if (moments == nullptr) {
            for (Value S::*column : columns)
                metrics.*column = Value::undefined(not_applicable);
            return;
        }
        metrics.*columns[0] = Value::measured(moments->mean);
        metrics.*columns[1] = Value::measured(moments->mean_square);
        for (std::size_t t = 0; t < 3; ++t)
            metrics.*columns[2 + t] = Value::measured(moments->share[t]);
    };
    fill(raw, angles ? &angles->raw : nullptr);
    fill(centred, angles ? &angles->centred : nullptr);
}

}  // namespace

SingleMetrics single_metrics(const SpectrumView& spectrum, const MetricSettings& settings)
{
    if (spectrum.sigma.size() != spectrum.error.size())
        throw InternalError("a spectrum has another number of bounds than of values");
    if (!spectrum.sigma.empty() && !spectrum.is_complete())
        return of_largest_value(spectrum);
    SingleMetrics metrics;
    fill_angles(metrics, spectrum.angles);
    fill_zipf(metrics, spectrum);
    fill_extended(metrics, spectrum);
    metrics.sigma_max = spectrum.sigma_max();
    metrics.sigma_max_error = spectrum.error.empty() ? 0.0 : spectrum.error.front();
    metrics.sigma_min = spectrum.sigma_min();
    metrics.frobenius_squared = spectrum.frobenius_squared;
    metrics.nuclear_norm = sum_ascending(spectrum.sigma, [](double s) { return s; });
    fill_counts(metrics, spectrum, settings.tolerance);
    if (spectrum.is_zero()) {
        for (const Column& column : columns())
            if (!column.is_pair() && (metrics.*column.single).reason() == "not-computed")
                metrics.*column.single = Value::undefined("zero-matrix");
        return metrics;
    }
    const double head = spectrum.sigma_max();
    metrics.stable_rank = spectrum.frobenius_squared / head / head;
    fill_condition_number(metrics, spectrum, settings.tolerance);
    fill_ranks(metrics, spectrum);
    fill_noise_model(metrics, spectrum);
    fill_fits(metrics, spectrum, settings);
    return metrics;
}

}  // namespace specsweep::metrics
