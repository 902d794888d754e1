#include "results/merge.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/format.hpp"

namespace specsweep::results {

namespace {

void require_same_sweep(const Header& first, const std::filesystem::path& first_file, const Header& other,
                        const std::filesystem::path& file)
{
    if (first.sweep_sha256 != other.sweep_sha256)
        throw UsageError(fmt::format("{} and {} belong to different sweeps", first_file.string(), file.string()),
                         fmt::format("sweep {} ({}) and sweep {} ({})", first.sweep_sha256, first.name,
                                     other.sweep_sha256, other.name),
                         "aggregate them one by one; `compare` shows what differs");
    const bool same = first.name == other.name && first.numerics_version == other.numerics_version &&
                      first.tolerance == other.tolerance && first.certificate == other.certificate &&
                      first.seed == other.seed && first.metrics == other.metrics &&
                      first.planned_units == other.planned_units;
    if (!same)
        throw UsageError(
            fmt::format("{} and {} name the same sweep differently", first_file.string(), file.string()),
            fmt::format("'{}' and '{}', or another tolerance, certificate, seed or metrics", first.name, other.name));
}

[[noreturn]] void disagree(std::string_view table, std::int64_t row)
{
    throw InputError(fmt::format("two files of the sweep disagree about row {} of {}", row, table), {},
                     "`verify` each of them");
}

/// Sorts by plan row and drops copies, which must be equal.
template <class Row, class Equal>
void unite(std::vector<Row>& rows, std::string_view table, Equal equal)
{
    std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.plan_row < b.plan_row; });
    for (std::size_t i = 1; i < rows.size(); ++i)
        if (rows[i].plan_row == rows[i - 1].plan_row && !equal(rows[i], rows[i - 1]))
            disagree(table, rows[i].plan_row);
    rows.erase(
        std::unique(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.plan_row == b.plan_row; }),
        rows.end());
}

template <class Row>
std::int64_t find_row(const std::vector<Row>& rows, std::int64_t plan_row)
{
    const auto found = std::lower_bound(rows.begin(), rows.end(), plan_row,
                                        [](const Row& row, std::int64_t wanted) { return row.plan_row < wanted; });
    return found != rows.end() && found->plan_row == plan_row ? found - rows.begin() : -1;
}

bool same_unit(const UnitRow& a, const UnitRow& b)
{
    return a.id == b.id && a.matrix == b.matrix && a.quantizer == b.quantizer && a.reference == b.reference &&
           a.solver == b.solver && a.bits_per_weight == b.bits_per_weight;
}

}  // namespace

void TableMerge::add(const Contents& contents, const std::filesystem::path& file)
{
    if (first_.empty()) {
        first_ = file;
        merged_.header = contents.header;
        merged_.checkpoints = contents.checkpoints;
        merged_.quantizers = contents.quantizers;
    }
    require_same_sweep(merged_.header, first_, contents.header, file);
    if (contents.checkpoints != merged_.checkpoints)
        throw InputError(fmt::format("{} and {} list different checkpoints", first_.string(), file.string()));
    if (contents.quantizers != merged_.quantizers)
        throw InputError(fmt::format("{} and {} list different quantizers", first_.string(), file.string()));
    merged_.matrices.insert(merged_.matrices.end(), contents.matrices.begin(), contents.matrices.end());
    for (UnitRow unit : contents.units) {
        unit.matrix = contents.matrices[static_cast<std::size_t>(unit.matrix)].plan_row;
        unit.reference = contents.units[static_cast<std::size_t>(unit.reference)].plan_row;
        merged_.units.push_back(std::move(unit));
    }
}

Contents TableMerge::finish()
{
    if (first_.empty())
        throw UsageError("there is no result file to aggregate");
    unite(merged_.matrices, "/matrices", [](const MatrixRow& a, const MatrixRow& b) { return a == b; });
    unite(merged_.units, "/units", same_unit);
    for (UnitRow& unit : merged_.units) {
        unit.matrix = find_row(merged_.matrices, unit.matrix);
        unit.reference = find_row(merged_.units, unit.reference);
    }
    lay_out_spectra(merged_);
    Header& header = merged_.header;
    header.kind = FileKind::aggregate;
    header.complete = 0;
    header.cut_sha256.clear();
    header.shard = -1;
    header.shard_count = 0;
    return std::move(merged_);
}

std::int64_t row_of_plan_row(const Contents& contents, std::int64_t plan_row)
{
    return find_row(contents.units, plan_row);
}

}  // namespace specsweep::results
