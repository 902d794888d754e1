#include <string>
#include <string_view>
#include <unordered_map>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/integer.hpp"
#include "base/json.hpp"
#include "sweep/plan.hpp"
#include "sweep/plan_document.hpp"
#include "sweep/sweep_hash.hpp"
#include "sweep/unit_id.hpp"

namespace specsweep::sweep {

namespace {

bool is_row(std::int64_t row, std::size_t size)
{
    return row >= 0 && std::in_range<std::size_t>(row) && static_cast<std::size_t>(row) < size;
}

void check_tables(const Plan& plan)
{
    if (plan.quantizers.empty() || plan.quantizers.front() != "reference")
        throw InternalError("the first quantizer of a plan is not the reference");
    for (const PlanMatrix& matrix : plan.matrices)
        if (!is_row(matrix.checkpoint, plan.checkpoints.size()) ||
            !is_row(matrix.shard, checked_cast<std::size_t>(plan.shard_count)))
            throw InternalError(fmt::format("the matrix {} of a plan is outside its tables", matrix.matrix.name));
}

/// Units of a matrix are neighbours, matrices and quantizers ascend, and the reference is the first of its matrix.
void check_order(const Plan& plan, std::int64_t row)
{
    const PlanUnit& unit = plan.units[checked_cast<std::size_t>(row)];
    if (!is_row(unit.matrix, plan.matrices.size()) || !is_row(unit.quantizer, plan.quantizers.size()))
        throw InternalError(fmt::format("unit {} of a plan is outside its tables", row));
    const PlanUnit* before = row == 0 ? nullptr : &plan.units[checked_cast<std::size_t>(row - 1)];
    const bool opens = before == nullptr || before->matrix < unit.matrix;
    const bool goes_on = !opens && before->matrix == unit.matrix && before->quantizer < unit.quantizer;
    if (!(opens && unit.quantizer == 0) && !goes_on)
        throw InternalError(fmt::format("unit {} of a plan is not where it belongs", row));
}

std::string sweep_hash(const Plan& plan)
{
    SweepHash hash(plan.numerics_version);
    for (const PlanUnit& unit : plan.units)
        hash.add(unit.id, unit.solver);
    return hash.hex();
}

}  // namespace

void seal(Plan& plan)
{
    check_tables(plan);
    std::unordered_map<std::string_view, std::int64_t> first_rows;
    first_rows.reserve(plan.units.size());
    std::optional<UnitIdentity> identity;
    std::int64_t reference = 0;
    for (std::int64_t row = 0; row < std::ssize(plan.units); ++row) {
        check_order(plan, row);
        PlanUnit& unit = plan.units[checked_cast<std::size_t>(row)];
        const PlanMatrix& matrix = plan.matrices[checked_cast<std::size_t>(unit.matrix)];
        if (unit.quantizer == 0) {
            reference = row;
            identity.emplace(plan, matrix);
        }
        unit.reference = reference;
        unit.solver = matrix.solver;
        unit.shard = matrix.shard;
        unit.id = identity->id(plan.quantizers[checked_cast<std::size_t>(unit.quantizer)]);
        unit.canonical_row = first_rows.try_emplace(unit.id, row).first->second;
    }
    plan.sweep_sha256 = sweep_hash(plan);
    plan.cut_sha256 = cut_sha256(plan_document(plan));
}

std::vector<std::int64_t> units_of_shard(const Plan& plan, std::int32_t shard)
{
    std::vector<std::int64_t> rows;
    for (std::int64_t row = 0; row < std::ssize(plan.units); ++row)
        if (plan.units[checked_cast<std::size_t>(row)].shard == shard)
            rows.push_back(row);
    return rows;
}

}  // namespace specsweep::sweep
