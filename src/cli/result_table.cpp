#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "base/format.hpp"
#include "base/text.hpp"
#include "cli/run.hpp"
#include "cli/terminal.hpp"
#include "results/aggregate.hpp"
#include "results/result_file.hpp"
#include "results/unit_seconds.hpp"
#include "slurm/quote.hpp"

namespace specsweep::cli {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

double stable_rank(const results::UnitResult& unit)
{
    if (unit.sigma.empty() || unit.sigma[0] == 0)
        return nothing;
    return unit.moments.frobenius_squared / (unit.sigma[0] * unit.sigma[0]);
}

double head(const results::UnitResult& unit)
{
    return unit.sigma.empty() ? nothing : unit.sigma[0];
}

/// The largest bound of the spectrum, relative to σ₁.
double certified_error(const results::UnitResult& unit)
{
    if (unit.sigma.empty() || unit.sigma[0] == 0)
        return nothing;
    return *std::max_element(unit.error.begin(), unit.error.end()) / unit.sigma[0];
}

std::string before_after(double before, double after)
{
    return significant(before, 5) + " → " + significant(after, 5);
}

class RowMaker {
public:
    explicit RowMaker(const results::ResultFile& file, std::map<std::string, double> seconds)
        : file_(file), seconds_(std::move(seconds))
    {
    }

    void begin_table() { last_name_.clear(); }

    std::vector<std::string> row(std::int64_t index)
    {
        const results::UnitRow& unit = file_.contents().units[static_cast<std::size_t>(index)];
        const results::MatrixRow& matrix = file_.contents().matrix_of(index);
        const results::UnitResult after = file_.read(index);
        const results::UnitResult& before = reference(unit.reference);
        const double ratio = stable_rank(after) / stable_rank(before);
        const double relative = std::sqrt(after.moments.error_frobenius_squared / before.moments.frobenius_squared);
        const auto seconds = seconds_.find(unit.id);
        const bool first = matrix.name != last_name_;
        last_name_ = matrix.name;
        return {first ? matrix.name : "",
                file_.contents().quantizers[static_cast<std::size_t>(unit.quantizer)],
                before_after(stable_rank(before), stable_rank(after)),
                significant(ratio, 5),
                before_after(head(before), head(after)),
                significant(relative, 3),
                after.method,
                std::isfinite(certified_error(after)) ? fmt::format("{:.0e}", certified_error(after)) : "-",
                seconds == seconds_.end() ? "-" : significant(seconds->second, 2)};
    }

private:
    const results::UnitResult& reference(std::int64_t row)
    {
        if (row != reference_row_) {
            reference_ = file_.read(row);
            reference_row_ = row;
        }
        return reference_;
    }

    const results::ResultFile& file_;
    std::map<std::string, double> seconds_;
    std::int64_t reference_row_ = -1;
    results::UnitResult reference_;
    std::string last_name_;  ///< a name is shown once, above its quantizers
};

Table new_table()
{
    return Table({{"matrix", Table::Align::left},
                  {"quantizer", Table::Align::left},
                  {"stable rank"},
                  {"ratio"},
                  {"largest singular value"},
                  {"rel. error"},
                  {"method", Table::Align::left},
                  {"bound/σ₁"},
                  {"seconds"}});
}

std::string checkpoint_of(const results::ResultFile& file, std::int64_t index)
{
    const auto row = static_cast<std::size_t>(file.contents().matrix_of(index).checkpoint);
    return file.contents().checkpoints[row].title();
}

}  // namespace

std::string result_table(const std::filesystem::path& aggregate, std::size_t most)
{
    const results::ResultFile file = results::ResultFile::open(aggregate);
    RowMaker rows(file, results::unit_seconds(results::provenance_path(aggregate)));
    std::string text;
    std::string checkpoint;
    Table table = new_table();
    std::size_t shown = 0;
    std::size_t candidates = 0;
    for (std::int64_t index = 0; index < file.size(); ++index) {
        if (file.contents().is_reference(index) || file.state(index) != results::UnitState::done)
            continue;
        ++candidates;
        if (shown == most)
            continue;
        if (checkpoint_of(file, index) != checkpoint) {
            text += table.empty() ? "" : table.text() + "\n";
            checkpoint = checkpoint_of(file, index);
            text += styled(Style::bold, checkpoint) + "\n";
            table = new_table();
            rows.begin_table();
        }
        table.add(rows.row(index));
        ++shown;
    }
    text += table.empty() ? "no quantized unit is done\n" : table.text();
    if (candidates > shown)
        text += fmt::format("… and {} more rows: specsweep export {}\n",
                            format_count(static_cast<std::int64_t>(candidates - shown)),
                            slurm::shell_quote(aggregate.string()));
    return text;
}

std::string closing_lines(const run::SweepOutcome& outcome)
{
    std::string text =
        fmt::format("{}: {} done, {} failed, {} pending; {} computed now in {}\n", counted(outcome.units, "unit"),
                    format_count(outcome.done), format_count(outcome.failed), format_count(outcome.pending),
                    format_count(outcome.computed), format_seconds(outcome.seconds));
    for (const auto& [reason, units] : outcome.reasons)
        text += styled(Style::bad, fmt::format("  failed: {} ({})\n", reason, format_count(units)));
    if (outcome.prediction.units > 0)
        text +=
            fmt::format("  measured / predicted seconds: median {:.2f}, worst {:.2f} ({})\n", outcome.prediction.median,
                        outcome.prediction.worst, counted(outcome.prediction.units, "unit"));
    if (outcome.pending > 0)
        text += "  stopped early: the same command goes on where this one ended\n";
    return text + outcome.file.string() + "\n";
}

}  // namespace specsweep::cli
