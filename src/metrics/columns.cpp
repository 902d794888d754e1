#include "metrics/columns.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace specsweep::metrics {

namespace {

using S = SingleMetrics;
using P = PairMetrics;

constexpr Column single(std::string_view name, ColumnKind kind, std::string_view unit, Value S::*member,
                        std::string_view summary, std::string_view leader = {})
{
    return {name, kind, unit, member, nullptr, summary, leader};
}

constexpr Column pair(std::string_view name, std::string_view unit, Value P::*member, std::string_view summary,
                      std::string_view leader = {}, ColumnKind kind = ColumnKind::real)
{
    return {name, kind, unit, nullptr, member, summary, leader};
}

constexpr Column angle(std::string_view name, Value S::*member, std::string_view summary)
{
    return {name, ColumnKind::real, "1", member, nullptr, summary, {}, true};
}

constexpr ColumnKind real = ColumnKind::real;
constexpr ColumnKind count = ColumnKind::count;

/// Only where the sweep asked for `metrics: extended`.
constexpr Column extended(std::string_view name, ColumnKind kind, std::string_view unit, Value S::*member,
                          std::string_view summary, std::string_view leader = {})
{
    return {name, kind, unit, member, nullptr, summary, leader, true};
}

constexpr Column subspace(std::string_view name, std::string_view unit, Value P::*member, std::string_view summary,
                          std::string_view leader = "subspace_rank", ColumnKind kind = ColumnKind::real)
{
    return {name, kind, unit, nullptr, member, summary, leader, true};
}

constexpr std::array all_columns{
    single("sigma_max", real, "weight", &S::sigma_max, "largest singular value"),
    single("sigma_max_error", real, "weight", &S::sigma_max_error, "its absolute error bound"),
    single("sigma_min", real, "weight", &S::sigma_min, "smallest of the min(rows, cols) singular values"),
    single("frobenius_squared", real, "weight^2", &S::frobenius_squared, "sum of the squared elements"),
    single("stable_rank", real, "1", &S::stable_rank, "frobenius_squared / sigma_max^2"),
    single("condition_number", real, "1", &S::condition_number,
           "sigma_max / sigma_min where sigma_min is resolved to the tolerance"),
    single("numerical_rank", count, "1", &S::numerical_rank, "values above max(rows, cols) * 2^-52 * sigma_max"),
    single("erank_sv", real, "1", &S::erank_sv, "exp of the entropy of sigma / sum(sigma)"),
    single("erank_energy", real, "1", &S::erank_energy, "exp of the entropy of sigma^2 / sum(sigma^2)"),
    single("pr_energy", real, "1", &S::pr_energy, "participation ratio sum(sigma^2)^2 / sum(sigma^4)"),
    single("spectral_slope", real, "1", &S::spectral_slope, "slope of ln sigma^2 over ln k"),
    single("powerlaw_alpha", real, "1", &S::powerlaw_alpha, "exponent of the power-law fit to sigma^2"),
    single("powerlaw_xmin", real, "weight^2", &S::powerlaw_xmin, "start of the fitted tail"),
    single("powerlaw_d", real, "1", &S::powerlaw_d, "Kolmogorov-Smirnov distance of the fit"),
    single("powerlaw_n_tail", count, "1", &S::powerlaw_n_tail, "values in the fitted tail"),
    pair("stable_rank_ratio", "1", &P::stable_rank_ratio,
         "stable rank after / before = frobenius_ratio / sigma_max_ratio"),
    pair("frobenius_ratio", "1", &P::frobenius_ratio, "frobenius_squared after / before"),
    pair("sigma_max_ratio", "1", &P::sigma_max_ratio, "sigma_max^2 after / before (of the squares)"),
    pair("error_frobenius", "weight", &P::error_frobenius, "Frobenius norm of E = quantized - reference"),
    pair("error_spectral", "weight", &P::error_spectral, "lower bound of the spectral norm of E"),
    pair("error_max", "weight", &P::error_max, "largest |element| of E"),
    pair("sqnr_db", "dB", &P::sqnr_db, "20 log10 of the Frobenius norms of reference / E"),
    pair("noise_alignment", "1", &P::noise_alignment, "<reference, E> / error_frobenius^2"),
    pair("weyl_tightness", "1", &P::weyl_tightness, "max |change of sigma| / error_spectral_upper"),
    pair("mirsky_tightness", "1", &P::mirsky_tightness, "sum of squared changes of sigma / error_frobenius^2"),
    pair("epsilon_slope", "weight", &P::epsilon_slope, "slope of |change| / sigma over 1 / sigma"),
    pair("epsilon_r2", "1", &P::epsilon_r2, "R^2 of that regression"),
    pair("epsilon_r2_null_median", "1", &P::epsilon_r2_null_median, "median R^2 when the changes are permuted"),
    pair("epsilon_r2_null_95", "1", &P::epsilon_r2_null_95, "95 % quantile of the same"),
    pair("zero_share", "1", &P::zero_share, "share of elements that became zero"),
    pair("clipped_share", "1", &P::clipped_share, "share of elements beyond the largest level"),
    pair("error_spectral_upper", "weight", &P::error_spectral_upper,
         "guaranteed upper bound of the spectral norm of E"),
    single("numerical_rank_low", count, "1", &S::numerical_rank_low,
           "numerical_rank at the low end of the error bounds"),
    single("numerical_rank_high", count, "1", &S::numerical_rank_high, "numerical_rank at the high end"),
    single("condition_number_lower", real, "1", &S::condition_number_lower,
           "(sigma_max - its bound) / (sigma_min + its bound)"),
    single("unresolved_count", count, "1", &S::unresolved_count, "values with a bound above tolerance * sigma"),
    pair("sigma_change_max", "weight", &P::sigma_change_max, "largest |change| of a singular value"),
    pair("sigma_change_certain", "weight", &P::sigma_change_certain, "the same, less the error bounds of both spectra"),
    pair("sigma_change_certain_squared", "weight^2", &P::sigma_change_certain_squared,
         "sum of squared changes of sigma, each less the error bounds of both spectra"),
    single("nuclear_norm", real, "weight", &S::nuclear_norm, "sum of sigma"),
    single("condition_number_rank", real, "1", &S::condition_number_rank, "sigma_max / sigma[numerical_rank]",
           "stable_rank"),
    single("energy_rank_50", count, "1", &S::energy_rank_50, "values that hold 50 % of the energy", "stable_rank"),
    single("energy_rank_90", count, "1", &S::energy_rank_90, "values that hold 90 % of the energy", "stable_rank"),
    single("energy_rank_99", count, "1", &S::energy_rank_99, "values that hold 99 % of the energy", "stable_rank"),
    single("rankme", real, "1", &S::rankme, "erank_sv with 1e-7 added to every share", "erank_sv"),
    single("spectral_slope_error", real, "1", &S::spectral_slope_error, "standard error of the slope",
           "spectral_slope"),
    single("spectral_slope_r2", real, "1", &S::spectral_slope_r2, "R^2 of the slope", "spectral_slope"),
    single("spectral_slope_last", count, "1", &S::spectral_slope_last,
           "last rank of the slope's window, which starts at 1", "spectral_slope"),
    single("spectral_slope_req", real, "1", &S::spectral_slope_req, "unweighted slope over ranks 11 to 100 (alpha-ReQ)",
           "spectral_slope"),
    single("powerlaw_alpha_error", real, "1", &S::powerlaw_alpha_error, "(alpha - 1) / sqrt(n_tail)", "powerlaw_alpha"),
    single("powerlaw_zipf", real, "1", &S::powerlaw_zipf,
           "1 / (alpha - 1): -slope over ranks if the tail is a power law", "powerlaw_alpha"),
    single("powerlaw_runner_up_alpha", real, "1", &S::powerlaw_runner_up_alpha,
           "alpha of the best tail at least 3/2 times longer or shorter", "powerlaw_alpha"),
    single("powerlaw_runner_up_d", real, "1", &S::powerlaw_runner_up_d, "its Kolmogorov-Smirnov distance",
           "powerlaw_runner_up_alpha"),
    single("powerlaw_runner_up_n_tail", count, "1", &S::powerlaw_runner_up_n_tail, "values in it",
           "powerlaw_runner_up_alpha"),
    single("powerlaw_llr_exponential", real, "1", &S::powerlaw_llr_exponential,
           "log-likelihood of the power law less that of an exponential", "powerlaw_alpha"),
    single("powerlaw_p_exponential", real, "1", &S::powerlaw_p_exponential, "p of that difference (Vuong)",
           "powerlaw_alpha"),
    single("powerlaw_llr_lognormal", real, "1", &S::powerlaw_llr_lognormal, "the same against a lognormal",
           "powerlaw_alpha"),
    single("powerlaw_p_lognormal", real, "1", &S::powerlaw_p_lognormal, "p of that difference (Vuong)",
           "powerlaw_alpha"),
    single("powerlaw_llr_truncated", real, "1", &S::powerlaw_llr_truncated,
           "the same against a power law with exponential cutoff, never positive", "powerlaw_alpha"),
    single("powerlaw_p_truncated", real, "1", &S::powerlaw_p_truncated, "p of that difference (chi^2, nested)",
           "powerlaw_alpha"),
    single("hill_alpha_mid", real, "1", &S::hill_alpha_mid, "Hill's alpha from the upper half", "powerlaw_alpha"),
    single("hill_alpha_tenth", real, "1", &S::hill_alpha_tenth,
           "Hill's alpha from the upper tenth, at least ten values", "powerlaw_alpha"),
    single("powerlaw_alpha_peak", real, "1", &S::powerlaw_alpha_peak,
           "alpha with the start near the mode of ln sigma^2 (xmin_peak)", "powerlaw_alpha"),
    single("log_alpha_norm", real, "1", &S::log_alpha_norm, "log10 of the sum of sigma^(2 alpha)", "powerlaw_alpha"),
    single("mp_noise", real, "weight", &S::mp_noise, "noise of one element by Marchenko-Pastur from the median",
           "stable_rank"),
    single("mp_edge", real, "weight", &S::mp_edge, "upper edge of that noise spectrum", "stable_rank"),
    single("mp_spikes", count, "1", &S::mp_spikes, "values above the edge by the 99 % Tracy-Widom quantile",
           "stable_rank"),
    single("detx_count", count, "1", &S::detx_count,
           "largest values until their product falls below one, of sigma^2 over its mean", "stable_rank"),
    angle("cosine_mean", &S::cosine_mean, "mean cosine of all pairs of rows (embeddings)"),
    angle("cosine_mean_square", &S::cosine_mean_square, "mean squared cosine of all pairs of rows"),
    angle("cosine_share_1", &S::cosine_share_1,
          "share of sampled pairs with |cosine| < 1/sqrt(cols); 0.6827 at random"),
    angle("cosine_share_2", &S::cosine_share_2, "the same below 2/sqrt(cols); 0.9545 at random"),
    angle("cosine_share_3", &S::cosine_share_3, "the same below 3/sqrt(cols); 0.9973 at random"),
    angle("centred_cosine_mean", &S::centred_cosine_mean, "cosine_mean after the mean row was taken off"),
    angle("centred_cosine_mean_square", &S::centred_cosine_mean_square, "cosine_mean_square after the same"),
    angle("centred_cosine_share_1", &S::centred_cosine_share_1, "cosine_share_1 after the same"),
    angle("centred_cosine_share_2", &S::centred_cosine_share_2, "cosine_share_2 after the same"),
    angle("centred_cosine_share_3", &S::centred_cosine_share_3, "cosine_share_3 after the same"),
    angle("zipf_exponent", &S::zipf_exponent,
          "a of p ~ k^-a of the token counts that weight the rows, over ranks 1 to cols (token-weighted embeddings)"),
    pair("error_spectral_high", "weight", &P::error_spectral_high,
         "upper bound of the spectral norm of E with probability at least 1 - 1e-12"),
    pair("forward_error_rms", "1", &P::forward_error_rms, "RMS of |Ex| over RMS of |Wx| for seeded x ~ N(0, I)"),
    pair("forward_error_worst", "1", &P::forward_error_worst, "largest |Ex| / |Wx| among them", "forward_error_rms"),
    pair("error_whiteness", "1", &P::error_whiteness, "error_spectral / (rms of E (sqrt(rows) + sqrt(cols)))",
         "noise_alignment"),
    pair("error_rank_norm", "1", &P::error_rank_norm, "singular values above error_spectral_upper", {}, count),
    pair("error_rank_energy", "1", &P::error_rank_energy, "rank at which truncation loses as much energy as E has", {},
         count),
    pair("truncation_sigma", "weight", &P::truncation_sigma, "spectral norm of that truncation's error"),
    pair("energy_area", "1", &P::energy_area, "mean drop of the energy profile", "stable_rank_ratio"),
    pair("energy_drop_max", "1", &P::energy_drop_max, "largest drop of the energy profile", "stable_rank_ratio"),
    pair("share_up", "1", &P::share_up, "share of the resolved values that rose", "epsilon_r2"),
    pair("epsilon_intercept", "1", &P::epsilon_intercept, "intercept of the regression of epsilon", "epsilon_r2"),
    pair("epsilon_r2_null_05", "1", &P::epsilon_r2_null_05, "5 % quantile of R^2 when the changes are permuted",
         "epsilon_r2"),
    pair("epsilon_leverage", "1", &P::epsilon_leverage, "share of the largest 1 / sigma in the variance of 1 / sigma",
         "epsilon_r2"),
    pair("epsilon_r2_trimmed", "1", &P::epsilon_r2_trimmed, "R^2 without the largest 1 % of 1 / sigma", "epsilon_r2"),
    pair("epsilon_log_slope", "1", &P::epsilon_log_slope, "slope of ln epsilon over ln sigma", "epsilon_r2"),
    pair("epsilon_spearman", "1", &P::epsilon_spearman, "rank correlation of epsilon and 1 / sigma", "epsilon_r2"),
    pair("epsilon_count", "1", &P::epsilon_count, "values in the regression", "epsilon_r2", count),
    pair("second_order_ratio", "1", &P::second_order_ratio,
         "median of change / change predicted for white noise of the same energy", "noise_alignment"),
    pair("second_order_count", "1", &P::second_order_count, "values above the threshold of that prediction",
         "noise_alignment", count),
    extended("farms_alpha", real, "1", &S::farms_alpha,
             "power-law exponent of the pooled spectra of square submatrices (FARMS)"),
    extended("farms_alpha_mid", real, "1", &S::farms_alpha_mid, "Hill's alpha from the upper half of the same",
             "farms_alpha"),
    extended("farms_hill_alpha", real, "1", &S::farms_hill_alpha, "Hill's alpha from the upper tenth of the same",
             "farms_alpha"),
    extended("farms_blocks", count, "1", &S::farms_blocks, "submatrices", "farms_alpha"),
    extended("shuffled_softrank", real, "1", &S::shuffled_softrank, "shuffled_sigma_max^2 / sigma_max^2"),
    extended("shuffled_sigma_max", real, "weight", &S::shuffled_sigma_max,
             "largest singular value with the elements in random order", "shuffled_softrank"),
    extended("shuffled_spikes", count, "1", &S::shuffled_spikes, "values above shuffled_sigma_max",
             "shuffled_softrank"),
    extended("shuffled_divergence", real, "1", &S::shuffled_divergence,
             "Jensen-Shannon distance of sigma^2 before and after shuffling, as distributions over k",
             "shuffled_softrank"),
    subspace("subspace_rank", "1", &P::subspace_rank, "dimension r of the leading singular subspaces that are compared",
             {}, count),
    subspace("subspace_left_max", "rad", &P::subspace_left_max,
             "largest principal angle of the left leading subspaces before and after"),
    subspace("subspace_left_mean", "rad", &P::subspace_left_mean, "mean of the r principal angles"),
    subspace("subspace_right_max", "rad", &P::subspace_right_max, "the largest of the right ones"),
    subspace("subspace_right_mean", "rad", &P::subspace_right_mean, "their mean"),
    subspace("leading_left", "rad", &P::leading_left, "angle between the first left singular vectors"),
    subspace("leading_right", "rad", &P::leading_right, "angle between the first right singular vectors"),
};

/// @param value_of gives the value of a column, or nullptr for one of the other kind
template <class ValueOf>
std::string reasons_of(ValueOf value_of)
{
    std::string reasons;
    for (std::size_t c = 0; c < all_columns.size(); ++c) {
        const Value* const value = value_of(all_columns[c]);
        if (value == nullptr || value->has_value() || value->reason() == not_applicable)
            continue;
        const std::ptrdiff_t leader = leader_of(c);
        if (leader >= 0 && value_of(all_columns[static_cast<std::size_t>(leader)])->reason() == value->reason())
            continue;
        if (!reasons.empty())
            reasons += ';';
        reasons.append(all_columns[c].name).append(":").append(value->reason());
    }
    return reasons;
}

}  // namespace

std::ptrdiff_t leader_of(std::size_t column)
{
    static const std::vector<std::ptrdiff_t> leaders = [] {
        std::vector<std::ptrdiff_t> rows;
        for (const Column& one : all_columns) {
            const auto found = std::find_if(all_columns.begin(), all_columns.end(), [&](const Column& other) {
                return !one.leader.empty() && other.name == one.leader;
            });
            rows.push_back(found == all_columns.end() ? -1 : found - all_columns.begin());
        }
        return rows;
    }();
    return leaders[column];
}

std::span<const Column> columns()
{
    return all_columns;
}

std::string missing_reasons(const SingleMetrics& metrics)
{
    return reasons_of([&](const Column& column) { return column.is_pair() ? nullptr : &(metrics.*column.single); });
}

std::string missing_reasons(const PairMetrics& metrics)
{
    return reasons_of([&](const Column& column) { return column.is_pair() ? &(metrics.*column.pair) : nullptr; });
}

}  // namespace specsweep::metrics
