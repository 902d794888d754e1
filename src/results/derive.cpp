#include "results/derive.hpp"

#include <cmath>

#include "metrics/columns.hpp"
#include "metrics/pair_check.hpp"
#include "results/layout.hpp"

namespace specsweep::results {

namespace {

constexpr std::string_view no_pair = "reference";

/// ‖W − W₃₂‖_F of an F64 matrix, each entry rounded once to binary32: 2⁻²⁴ of it, or 2⁻¹⁵⁰ below the normal range.
double input_rounding(const MatrixRow& matrix, const Moments& moments)
{
    if (matrix.dtype != name(DType::f64))
        return 0;
    const double entries = static_cast<double>(matrix.rows) * static_cast<double>(matrix.cols);
    return (1 + 0x1p-20) * 0x1p-24 * std::sqrt(moments.frobenius_squared) + 0x1p-150 * std::sqrt(entries);
}

/// @param asked whether the sweep asked for extended moments: one that has none says so
metrics::SpectrumView view(const MatrixRow& matrix, const UnitResult& unit, bool asked)
{
    static const metrics::ExtendedMoments none;
    const Moments& moments = unit.moments;
    metrics::SpectrumView view{.sigma = unit.sigma,
                               .error = unit.error,
                               .frobenius_squared = moments.frobenius_squared,
                               .rows = matrix.rows,
                               .cols = matrix.cols,
                               .input_rounding = input_rounding(matrix, moments)};
    if (asked)
        view.extended = unit.rare.extended ? unit.rare.extended.get() : &none;
    if (!std::isnan(moments.zipf_exponent))
        view.zipf_exponent = moments.zipf_exponent;
    if (moments.cosine_rows >= 0)
        view.angles = metrics::AngleMoments{
            .raw = {moments.cosine_mean,
                    moments.cosine_mean_square,
                    {moments.cosine_share_1, moments.cosine_share_2, moments.cosine_share_3}},
            .centred = {
                moments.centred_cosine_mean,
                moments.centred_cosine_mean_square,
                {moments.centred_cosine_share_1, moments.centred_cosine_share_2, moments.centred_cosine_share_3}}};
    return view;
}

metrics::ErrorMoments error_moments(const Moments& moments)
{
    return {.inner_product = moments.inner_product,
            .error_frobenius_squared = moments.error_frobenius_squared,
            .error_max = moments.error_max,
            .zeroed = moments.zeroed,
            .clipped = moments.clipped,
            .column_sum_max = moments.error_column_sum_max,
            .row_sum_max = moments.error_row_sum_max,
            .spectral_low = moments.error_spectral_low,
            .spectral_high = moments.error_spectral_high,
            .forward_rms = moments.forward_error_rms,
            .forward_worst = moments.forward_error_worst};
}

metrics::PairMetrics pair(const MatrixRow& matrix, const UnitResult& unit, const UnitResult* reference,
                          const metrics::MetricSettings& settings, bool extended)
{
    if (reference == nullptr)
        return metrics::undefined_pair_metrics(no_pair);
    if (reference->state == UnitState::done)
        return metrics::pair_metrics(view(matrix, *reference, extended), view(matrix, unit, extended),
                                     error_moments(unit.moments), settings);
    return metrics::undefined_pair_metrics(reference->state == UnitState::failed ? "reference-failed"
                                                                                 : "reference-pending");
}

}  // namespace

std::vector<metrics::Value> derive(const MatrixRow& matrix, const Header& header, const UnitResult& unit,
                                   const UnitResult* reference)
{
    const metrics::MetricSettings settings{header.tolerance, static_cast<std::uint64_t>(header.seed)};
    const bool extended = header.metrics == "extended";
    const metrics::SingleMetrics alone = metrics::single_metrics(view(matrix, unit, extended), settings);
    const metrics::PairMetrics against = pair(matrix, unit, reference, settings, extended);
    std::vector<metrics::Value> values;
    for (const metrics::Column& column : metrics::columns())
        values.push_back(column.is_pair() ? against.*column.pair : alone.*column.single);
    return values;
}

std::string derived_reasons(std::span<const metrics::Value> values, NotComputed not_computed)
{
    std::string reasons;
    const std::span<const metrics::Column> columns = metrics::columns();
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::string_view code = values[i].reason();
        if (code.empty() || code == no_pair || code == metrics::not_applicable ||
            (code == layout::not_computed && not_computed == NotComputed::silent))
            continue;
        const std::ptrdiff_t leader = metrics::leader_of(i);
        if (leader >= 0 && values[static_cast<std::size_t>(leader)].reason() == code)
            continue;
        if (!reasons.empty())
            reasons += ';';
        reasons.append(columns[i].name).append(":").append(code);
    }
    return reasons;
}

double frobenius_rounding(const MatrixRow& matrix)
{
    return (static_cast<double>(matrix.rows) * static_cast<double>(matrix.cols) + 4) * 0x1p-53;
}

std::optional<std::string> pair_violation(const MatrixRow& matrix, const UnitResult& unit, const UnitResult& reference)
{
    const double error = std::sqrt(unit.moments.error_frobenius_squared);
    // Squares below 2⁻¹⁰⁷⁴ are lost.
    const double lost = 0x1p-537 * std::sqrt(static_cast<double>(matrix.rows) * static_cast<double>(matrix.cols));
    const double uncertain = error * frobenius_rounding(matrix) + lost + input_rounding(matrix, reference.moments);
    const metrics::PairCheck check =
        metrics::check_pair(unit.sigma, unit.error, reference.sigma, reference.error, error, uncertain);
    if (!check.weyl_holds)
        return "unit:weyl-violated";
    if (!check.mirsky_holds)
        return "unit:mirsky-violated";
    return std::nullopt;
}

}  // namespace specsweep::results
