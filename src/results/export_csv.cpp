#include "results/export_csv.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <unordered_set>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/format.hpp"
#include "metrics/columns.hpp"
#include "results/create_shard.hpp"
#include "results/csv.hpp"
#include "results/derived_table.hpp"
#include "results/export_fits.hpp"
#include "results/provenance_file.hpp"
#include "results/require_intact.hpp"
#include "results/result_file.hpp"
#include "results/source_files.hpp"
#include "results/verdict_table.hpp"

namespace specsweep::results {

namespace {

constexpr std::array identity_columns{"unit_id",         "checkpoint", "step",   "matrix", "role",
                                      "block_index",     "rows",       "cols",   "dtype",  "quantizer",
                                      "bits_per_weight", "state",      "reason", "method", "sigma_count"};
constexpr std::array appended_columns{"expert", "orientation", "model_type"};

void write_unit(CsvWriter& csv, const ResultFile& file, std::int64_t row, const DerivedTable::Row& derived)
{
    const Contents& contents = file.contents();
    const UnitRow& unit = contents.units[static_cast<std::size_t>(row)];
    const MatrixRow& matrix = contents.matrix_of(row);
    const CheckpointRow& checkpoint = contents.checkpoints[static_cast<std::size_t>(matrix.checkpoint)];
    csv.field(unit.id).field(checkpoint.id).field_if(checkpoint.step).field(matrix.name).field(matrix.role);
    csv.field_if(matrix.block_index).field(matrix.rows).field(matrix.cols).field(matrix.dtype);
    csv.field(contents.quantizers[static_cast<std::size_t>(unit.quantizer)]).field(unit.bits_per_weight);
    csv.field(name(file.state(row))).field(derived.reason);
    csv.field(file.columns().methods[static_cast<std::size_t>(row)]).field(unit.sigma_count);
    for (const double value : derived.values)
        csv.field(value);
    csv.field_if(matrix.expert).field(matrix.orientation).field(checkpoint.model_type);
    csv.end_row();
}

void export_units(const ResultFile& file, CsvWriter& csv)
{
    for (const char* column : identity_columns)
        csv.field(std::string_view(column));
    for (const metrics::Column& column : metrics::columns())
        csv.field(column.name);
    for (const char* column : appended_columns)
        csv.field(std::string_view(column));
    csv.end_row();
    DerivedTable derived(file);
    for (std::int64_t row = 0; row < file.size(); ++row)
        write_unit(csv, file, row, derived.row(row));
}

void header(CsvWriter& csv, std::initializer_list<std::string_view> names)
{
    for (const std::string_view name : names)
        csv.field(name);
    csv.end_row();
}

void export_spectra(const ResultFile& file, CsvWriter& csv)
{
    header(csv, {"unit_id", "k", "sigma", "error"});
    std::unordered_set<std::string_view> written;
    for (std::int64_t row = 0; row < file.size(); ++row) {
        const std::string& id = file.contents().units[static_cast<std::size_t>(row)].id;
        if (file.state(row) != UnitState::done || !written.insert(id).second)
            continue;
        const UnitResult unit = file.read(row);
        for (std::size_t k = 0; k < unit.sigma.size(); ++k) {
            csv.field(id).field(static_cast<std::int64_t>(k) + 1).field(unit.sigma[k]).field(unit.error[k]);
            csv.end_row();
        }
    }
}

Provenance timing_of(const ResultFile& file)
{
    if (file.header().kind == FileKind::aggregate && !std::filesystem::exists(provenance_path(file.path())))
        throw UsageError(
            fmt::format("{} has no timing", file.path().string()),
            fmt::format("an aggregate keeps it in {}, which is missing", provenance_path(file.path()).string()),
            "give a shard file, or aggregate again");
    return provenance_of(file);
}

void export_timing(const ResultFile& file, CsvWriter& csv)
{
    header(csv, {"unit_id", "rank", "ranks", "seconds_read", "seconds_quantize", "seconds_solve", "seconds",
                 "predicted_seconds", "peak_bytes", "attempt"});
    const Provenance provenance = timing_of(file);
    std::unordered_set<std::string_view> written;
    for (std::int64_t row = 0; row < file.size(); ++row) {
        const std::string& id = file.contents().units[static_cast<std::size_t>(row)].id;
        const Timing& timing = provenance.timing[static_cast<std::size_t>(row)];
        if (file.state(row) == UnitState::pending || timing.rank < 0 || !written.insert(id).second)
            continue;
        csv.field(id).field(std::int64_t{timing.rank}).field(std::int64_t{timing.ranks});
        csv.field(timing.seconds_read).field(timing.seconds_quantize).field(timing.seconds_solve);
        csv.field(timing.seconds).field(timing.predicted_seconds).field_if(timing.peak_bytes);
        csv.field_if(timing.attempt).end_row();
    }
}

void export_verdicts(const ResultFile& file, CsvWriter& csv)
{
    header(csv, {"claim", "source", "scope", "unit_id", "left", "right", "ratio", "verdict", "note"});
    const VerdictTable table = read_verdicts(file.file());
    for (const VerdictRow& row : table.rows) {
        const ClaimRow& claim = table.claims[static_cast<std::size_t>(row.claim)];
        csv.field(claim.name).field(claim.source).field(table.scopes[static_cast<std::size_t>(row.scope)]);
        if (row.unit < 0 || row.unit >= file.size())
            csv.empty();
        else
            csv.field(file.contents().units[static_cast<std::size_t>(row.unit)].id);
        csv.field(row.left).field(row.right).field(row.ratio).field(name(static_cast<Verdict>(row.verdict)));
        csv.field(table.notes[static_cast<std::size_t>(row.note)]).end_row();
    }
}

}  // namespace

std::span<const std::string> csv_table_names()
{
    static const std::array<std::string, 6> names{"units", "spectra", "timing", "verdicts", "ww-compat", "powerlaw"};
    return names;
}

std::optional<CsvTable> parse_csv_table(std::string_view text)
{
    const std::span<const std::string> names = csv_table_names();
    const auto found = std::find(names.begin(), names.end(), text);
    return found == names.end() ? std::nullopt : std::optional(static_cast<CsvTable>(found - names.begin()));
}

std::int64_t export_csv(const std::filesystem::path& path, CsvTable table, std::ostream& out,
                        const ExportOptions& options)
{
    const ResultFile file = ResultFile::open(path);
    CsvWriter csv(out);
    if (table != CsvTable::timing)
        require_intact(file);
    switch (table) {
        case CsvTable::units:
            export_units(file, csv);
            break;
        case CsvTable::spectra:
            export_spectra(file, csv);
            break;
        case CsvTable::timing:
            export_timing(file, csv);
            break;
        case CsvTable::verdicts:
            export_verdicts(file, csv);
            break;
        case CsvTable::ww_compat:
            export_weight_watcher(file, csv);
            break;
        case CsvTable::powerlaw:
            export_power_laws(file, csv, options.bootstrap, options.minimum_tail);
            break;
    }
    out.flush();
    if (!out)
        throw IoError("cannot write the table", system_message(errno));
    return csv.rows() - 1;
}

std::int64_t export_csv(const std::filesystem::path& file, CsvTable table, const std::filesystem::path& output,
                        const ExportOptions& options)
{
    refuse_same_file(output, file);
    if (is_device(output)) {
        std::ofstream out(output, std::ios::binary | std::ios::app);
        if (!out)
            throw IoError(fmt::format("cannot write {}", output.string()));
        return export_csv(file, table, out, options);
    }
    require_writable_folder(output);
    const std::filesystem::path temporary = temporary_beside(output);
    try {
        std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
        if (!out)
            throw IoError(fmt::format("cannot create {}", output.string()));
        const std::int64_t rows = export_csv(file, table, out, options);
        out.close();
        if (!out)
            throw IoError(fmt::format("cannot write {}", output.string()));
        publish(temporary, output);
        return rows;
    } catch (...) {
        std::error_code ignored;
        std::filesystem::remove(temporary, ignored);
        throw;
    }
}

}  // namespace specsweep::results
