#include "results/export_fits.hpp"

#include <array>
#include <limits>
#include <unordered_set>
#include <utility>

#include "metrics/bootstrap.hpp"
#include "metrics/likelihood_ratio.hpp"
#include "metrics/single_fits.hpp"
#include "metrics/ww_compat.hpp"

namespace specsweep::results {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

constexpr std::array<std::pair<metrics::KsConvention, std::string_view>, 3> conventions{{
    {metrics::KsConvention::index_ecdf, "index_ecdf"},
    {metrics::KsConvention::left_ecdf, "left_ecdf"},
    {metrics::KsConvention::kolmogorov, "kolmogorov"},
}};

/// Calls visit(row, unit) for each done unit, an id once.
template <class Visit>
void for_each_unit(const ResultFile& file, Visit visit)
{
    std::unordered_set<std::string_view> written;
    for (std::int64_t row = 0; row < file.size(); ++row)
        if (file.state(row) == UnitState::done &&
            written.insert(file.contents().units[static_cast<std::size_t>(row)].id).second)
            visit(row, file.read(row));
}

void write_identity(CsvWriter& csv, const ResultFile& file, std::int64_t row)
{
    const Contents& contents = file.contents();
    const UnitRow& unit = contents.units[static_cast<std::size_t>(row)];
    csv.field(unit.id).field(contents.quantizers[static_cast<std::size_t>(unit.quantizer)]);
    csv.field(contents.matrix_of(row).name);
}

void write_fit(CsvWriter& csv, std::span<const double> energy, const metrics::PowerLawFit& fit,
               metrics::KsConvention convention, double minimum_tail, double bootstrap_p)
{
    csv.field(fit.alpha).field(fit.alpha_error).field(fit.xmin).field(fit.d).field(fit.n_tail);
    csv.field(static_cast<std::int64_t>(energy.size()));
    const auto second = metrics::runner_up(energy, fit, convention, minimum_tail);
    csv.field(second ? second->alpha : nan).field(second ? second->d : nan);
    if (second)
        csv.field(second->n_tail);
    else
        csv.empty();
    const metrics::TailComparison against = metrics::compare_tail(energy, fit);
    for (const metrics::LikelihoodRatio& ratio : {against.exponential, against.lognormal, against.truncated_power_law})
        csv.field(ratio.log_ratio).field(ratio.p);
    csv.field(bootstrap_p);
}

/// What WeightWatcher's `randomize` adds; empty unless the sweep shuffled (`metrics: extended`).
void write_randomized(CsvWriter& csv, const UnitResult& unit, const metrics::WeightWatcherRow& row)
{
    const double edge = unit.rare.extended ? unit.rare.extended->shuffled_sigma_max : nan;
    const double distance = unit.rare.extended ? unit.rare.extended->shuffled_divergence : nan;
    csv.field(edge * edge).field(edge * edge / row.lambda_max).field(row.lambda_max - edge * edge).field(distance);
}

}  // namespace

void export_weight_watcher(const ResultFile& file, CsvWriter& csv)
{
    for (const char* column : {"unit_id",
                               "quantizer",
                               "longname",
                               "N",
                               "M",
                               "Q",
                               "alpha",
                               "alpha_weighted",
                               "D",
                               "sigma",
                               "xmin",
                               "xmax",
                               "num_pl_spikes",
                               "num_evals",
                               "lambda_max",
                               "log_alpha_norm",
                               "log_norm",
                               "log_spectral_norm",
                               "norm",
                               "spectral_norm",
                               "stable_rank",
                               "matrix_rank",
                               "rank_loss",
                               "weak_rank_loss",
                               "entropy",
                               "sv_max",
                               "sv_min",
                               "max_rand_eval",
                               "ww_softrank",
                               "ww_maxdist",
                               "rand_distance",
                               "warning",
                               "status"})
        csv.field(std::string_view(column));
    csv.end_row();
    for_each_unit(file, [&](std::int64_t row, const UnitResult& unit) {
        const MatrixRow& matrix = file.contents().matrix_of(row);
        const metrics::WeightWatcherRow w = metrics::weight_watcher_row(unit.sigma, matrix.rows, matrix.cols);
        write_identity(csv, file, row);
        csv.field(w.larger).field(w.smaller).field(w.q).field(w.alpha).field(w.alpha_weighted).field(w.d);
        csv.field(w.sigma).field(w.xmin).field(w.xmax).field(w.num_pl_spikes).field(w.num_evals).field(w.lambda_max);
        csv.field(w.log_alpha_norm).field(w.log_norm).field(w.log_spectral_norm).field(w.norm).field(w.spectral_norm);
        csv.field(w.stable_rank).field(w.matrix_rank).field(w.rank_loss).field(w.weak_rank_loss).field(w.entropy);
        csv.field(w.sv_max).field(w.sv_min);
        write_randomized(csv, unit, w);
        csv.field(w.warning).field(w.status).end_row();
    });
}

void export_power_laws(const ResultFile& file, CsvWriter& csv, std::int64_t bootstrap, std::int64_t minimum_tail)
{
    metrics::Candidates allowed;
    allowed.minimum_tail = static_cast<double>(minimum_tail);
    for (const char* column : {"unit_id",
                               "quantizer",
                               "matrix",
                               "convention",
                               "alpha",
                               "alpha_error",
                               "xmin",
                               "d",
                               "n_tail",
                               "n",
                               "runner_up_alpha",
                               "runner_up_d",
                               "runner_up_n_tail",
                               "llr_exponential",
                               "p_exponential",
                               "llr_lognormal",
                               "p_lognormal",
                               "llr_truncated",
                               "p_truncated",
                               "bootstrap_p"})
        csv.field(std::string_view(column));
    csv.end_row();
    for_each_unit(file, [&](std::int64_t row, const UnitResult& unit) {
        const MatrixRow& matrix = file.contents().matrix_of(row);
        const metrics::SpectrumView view{unit.sigma, unit.error, unit.moments.frobenius_squared, matrix.rows,
                                         matrix.cols};
        const std::vector<double> energy = metrics::resolved_energies(view, file.header().tolerance);
        if (energy.size() < metrics::fewest_for_fit)
            return;
        for (const auto& [convention, name] : conventions) {
            const auto fit = metrics::fit_power_law(energy, convention, allowed);
            if (!fit)
                continue;
            const auto seed = static_cast<std::uint64_t>(file.header().seed);
            const double p =
                bootstrap > 0 ? metrics::bootstrap_p(energy, *fit, convention, bootstrap, seed, allowed) : nan;
            write_identity(csv, file, row);
            csv.field(name);
            write_fit(csv, energy, *fit, convention, allowed.minimum_tail, p);
            csv.end_row();
        }
    });
}

}  // namespace specsweep::results
