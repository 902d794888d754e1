#include "metrics/extended.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace specsweep::metrics {

namespace {

using S = SingleMetrics;
using P = PairMetrics;
using X = ExtendedMoments;

constexpr std::pair<Value S::*, double X::*> of_one[] = {{&S::farms_alpha, &X::farms_alpha},
                                                         {&S::farms_alpha_mid, &X::farms_alpha_mid},
                                                         {&S::farms_hill_alpha, &X::farms_hill_alpha},
                                                         {&S::farms_blocks, &X::farms_blocks},
                                                         {&S::shuffled_sigma_max, &X::shuffled_sigma_max},
                                                         {&S::shuffled_divergence, &X::shuffled_divergence}};

constexpr std::pair<Value P::*, double X::*> of_two[] = {{&P::subspace_rank, &X::subspace_rank},
                                                         {&P::subspace_left_max, &X::subspace_left_max},
                                                         {&P::subspace_left_mean, &X::subspace_left_mean},
                                                         {&P::subspace_right_max, &X::subspace_right_max},
                                                         {&P::subspace_right_mean, &X::subspace_right_mean},
                                                         {&P::leading_left, &X::leading_left},
                                                         {&P::leading_right, &X::leading_right}};

Value value_of(double measured, std::string_view why_not)
{
    return std::isnan(measured) ? Value::undefined(why_not) : Value(measured);
}

}  // namespace

void fill_extended(SingleMetrics& metrics, const SpectrumView& spectrum)
{
    if (spectrum.extended == nullptr) {
        for (const auto& [column, moment] : of_one)
            metrics.*column = Value::undefined(not_applicable);
        metrics.shuffled_softrank = metrics.shuffled_spikes = Value::undefined(not_applicable);
        return;
    }
    const X& measured = *spectrum.extended;
    const bool has_blocks = !std::isnan(measured.farms_blocks);
    const std::string_view why_not = spectrum.is_zero() ? "zero-matrix"
                                     : has_blocks       ? "too-few-values"
                                                        : "not-measured";
    for (const auto& [column, moment] : of_one)
        metrics.*column = value_of(measured.*moment, why_not);
    const double edge = measured.shuffled_sigma_max;
    if (std::isnan(edge) || spectrum.is_zero()) {
        metrics.shuffled_softrank = metrics.shuffled_spikes = Value::undefined(why_not);
        return;
    }
    const double ratio = edge / spectrum.sigma_max();
    metrics.shuffled_softrank = ratio * ratio;
    metrics.shuffled_spikes = static_cast<double>(
        std::count_if(spectrum.sigma.begin(), spectrum.sigma.end(), [&](double value) { return value > edge; }));
}

void fill_extended(PairMetrics& metrics, const SpectrumView& quantized)
{
    for (const auto& [column, moment] : of_two)
        metrics.*column = quantized.extended == nullptr
                              ? Value::undefined(not_applicable)
                              : value_of(quantized.extended->*moment,
                                         std::isnan(quantized.extended->farms_blocks) ? "not-measured" : "zero-matrix");
}

}  // namespace specsweep::metrics
