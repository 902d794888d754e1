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

constexpr ColumnKind real = ColumnKind::real;
constexpr ColumnKind count = ColumnKind::count;

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
};

/// @param value_of gives the value of a column, or nullptr for one of the other kind
template <class ValueOf>
std::string reasons_of(ValueOf value_of)
{
    std::string reasons;
    for (std::size_t c = 0; c < all_columns.size(); ++c) {
        const Value* const value = value_of(all_columns[c]);
        if (value == nullptr || value->has_value())
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
