#include "results/contents.hpp"

#include <algorithm>
#include <unordered_map>

#include "base/error.hpp"
#include "base/format.hpp"
#include "results/layout.hpp"

namespace specsweep::results {

namespace {

Header shard_header(const sweep::Plan& plan, std::int32_t shard)
{
    Header header;
    header.kind = FileKind::shard;
    header.name = plan.name;
    header.sweep_sha256 = plan.sweep_sha256;
    header.numerics_version = plan.numerics_version;
    header.tolerance = plan.tolerance;
    header.certificate = plan.certificate;
    header.seed = plan.seed;
    header.metrics = plan.metrics;
    header.planned_units = plan.planned_units();
    header.cut_sha256 = plan.cut_sha256;
    header.shard = shard;
    header.shard_count = plan.shard_count;
    return header;
}

MatrixRow matrix_row(const sweep::PlanMatrix& planned, std::int64_t plan_row)
{
    const checkpoint::Matrix& matrix = planned.matrix;
    MatrixRow row;
    row.plan_row = plan_row;
    row.checkpoint = planned.checkpoint;
    row.name = matrix.name;
    row.tensor = matrix.tensor;
    row.slice = matrix.slice.name;
    row.role = checkpoint::name(matrix.role);
    row.block_index = matrix.block_index;
    row.expert = matrix.expert;
    row.rows = matrix.slice.rows;
    row.cols = matrix.slice.cols;
    row.orientation = checkpoint::name(matrix.slice.orientation);
    row.dtype = specsweep::name(matrix.dtype);
    row.content_digest = planned.content_digest.hex();
    return row;
}

/// Matrices of the shard's units in the order of the plan; fills where each of them went.
void add_matrices(Contents& contents, const sweep::Plan& plan, const std::vector<std::int64_t>& rows,
                  std::unordered_map<std::int64_t, std::int64_t>& local)
{
    std::vector<std::int64_t> used;
    used.reserve(rows.size());
    for (const std::int64_t row : rows)
        used.push_back(plan.units[static_cast<std::size_t>(row)].matrix);
    std::sort(used.begin(), used.end());
    used.erase(std::unique(used.begin(), used.end()), used.end());
    for (const std::int64_t matrix : used) {
        local[matrix] = static_cast<std::int64_t>(contents.matrices.size());
        contents.matrices.push_back(
            matrix_row(plan.matrices[static_cast<std::size_t>(matrix)], plan.whole_matrix_row(matrix)));
    }
}

}  // namespace

std::string_view name(FileKind kind)
{
    switch (kind) {
        case FileKind::shard:
            return "shard";
        case FileKind::aggregate:
            return "aggregate";
        case FileKind::provenance:
            return "provenance";
    }
    return "";
}

const MatrixRow& Contents::matrix_of(std::int64_t row) const
{
    return matrices[static_cast<std::size_t>(units[static_cast<std::size_t>(row)].matrix)];
}

std::string CheckpointRow::title() const
{
    return step < 0 ? id : fmt::format("{} step {}", id, step);
}

std::string Contents::unit_title(std::int64_t row) const
{
    return unit_title(matrix_of(row), units[static_cast<std::size_t>(row)].quantizer);
}

std::string Contents::unit_title(const MatrixRow& matrix, std::int64_t quantizer) const
{
    return fmt::format("{} {} {}", checkpoints[static_cast<std::size_t>(matrix.checkpoint)].title(), matrix.name,
                       quantizers[static_cast<std::size_t>(quantizer)]);
}

Contents shard_contents(const sweep::Plan& plan, std::int32_t shard)
{
    if (shard < 0 || shard >= plan.shard_count)
        throw UsageError(fmt::format("the plan has no shard {}", shard),
                         fmt::format("its shards are 0 to {}", plan.shard_count - 1));
    Contents contents;
    contents.header = shard_header(plan, shard);
    for (const sweep::PlanCheckpoint& checkpoint : plan.checkpoints)
        contents.checkpoints.push_back({checkpoint.id, checkpoint.step.value_or(-1), checkpoint.model_type});
    contents.quantizers = plan.quantizers;

    const std::vector<std::int64_t> rows = sweep::units_of_shard(plan, shard);
    std::unordered_map<std::int64_t, std::int64_t> local_matrix;
    add_matrices(contents, plan, rows, local_matrix);

    std::unordered_map<std::int64_t, std::int64_t> local_row;
    for (const std::int64_t plan_row : rows) {
        const sweep::PlanUnit& unit = plan.units[static_cast<std::size_t>(plan_row)];
        const auto row = static_cast<std::int64_t>(contents.units.size());
        local_row[plan_row] = row;
        const auto reference = local_row.find(unit.reference);
        if (reference == local_row.end())
            throw InternalError(fmt::format("unit {} stands before its reference or in another shard", plan_row));
        UnitRow added;
        added.plan_row = plan.whole_unit_row(plan_row);
        added.id = unit.id;
        added.matrix = local_matrix.at(unit.matrix);
        added.quantizer = unit.quantizer;
        added.reference = reference->second;
        added.solver = unit.solver;
        added.bits_per_weight = unit.bits_per_weight;
        contents.units.push_back(std::move(added));
    }
    lay_out_spectra(contents);
    return contents;
}

std::int64_t spectrum_length(const Header& header, const MatrixRow& matrix)
{
    return header.metrics == "fast" ? std::min<std::int64_t>(1, matrix.rank_bound()) : matrix.rank_bound();
}

void lay_out_spectra(Contents& contents)
{
    std::unordered_map<std::string_view, std::int64_t> stretch;
    std::int64_t next = 0;
    for (UnitRow& unit : contents.units) {
        unit.sigma_count = spectrum_length(contents.header, contents.matrices[static_cast<std::size_t>(unit.matrix)]);
        const auto [place, is_new] = stretch.emplace(unit.id, next);
        unit.sigma_offset = place->second;
        if (is_new)
            next += unit.sigma_count;
    }
    contents.sigma_total = next;
}

}  // namespace specsweep::results
