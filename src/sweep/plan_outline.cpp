#include "sweep/plan_outline.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/integer.hpp"
#include "base/json.hpp"
#include "sweep/plan_document.hpp"
#include "sweep/resource_class.hpp"

namespace specsweep::sweep {

namespace {

/// Sums of one row of the cost table.
struct MatrixCost {
    std::int64_t units = 0;
    ResourceNeed need;
    double seconds = 0, longest = 0;
};

void add(ShardOutline& shard, const MatrixCost& cost, bool first_of_its_content)
{
    shard.units += cost.units;
    shard.memory_per_rank = std::max(shard.memory_per_rank, cost.need.memory);
    shard.ranks = std::max(shard.ranks, cost.need.ranks);
    shard.longest_unit_seconds = std::max(shard.longest_unit_seconds, cost.longest);
    if (first_of_its_content)
        shard.seconds += cost.seconds;
}

std::vector<MatrixCost> read_costs(const Json& table)
{
    std::vector<MatrixCost> costs(table.at("seconds").size());
    for (std::size_t row = 0; row < costs.size(); ++row) {
        costs[row].need =
            resource_need(table.at("bytes").at(row).get<std::int64_t>(), table.at("solver").at(row).get<std::string>());
        for (const Json& value : table.at("seconds").at(row)) {
            const double seconds = value.get<double>();
            ++costs[row].units;
            costs[row].seconds += seconds;
            costs[row].longest = std::max(costs[row].longest, seconds / costs[row].need.ranks);
        }
    }
    return costs;
}

PlanOutline read_outline(Json document)
{
    require_plan_document(document);
    PlanOutline outline;
    outline.cut_sha256 = document.at("cut_sha256").get<std::string>();
    document.erase("cut_sha256");
    if (cut_sha256(document) != outline.cut_sha256)
        throw UsageError("it was changed after it was written", "its hash does not fit",
                         "change the manifest and plan again");
    outline.name = document.at("name").get<std::string>();
    outline.sweep_sha256 = document.at("sweep_sha256").get<std::string>();
    outline.shards.resize(checked_cast<std::size_t>(document.at("shard_count").get<std::int32_t>()));
    const std::vector<MatrixCost> costs = read_costs(document.at("costs"));
    const Json& matrices = document.at("matrices");
    const Json& digests = document.at("tensors").at("content_digest");
    std::set<std::tuple<std::string, std::int64_t, std::int64_t>> seen;
    for (std::size_t row = 0; row < matrices.at("shard").size(); ++row) {
        const auto index = [&](const char* column) { return matrices.at(column).at(row).get<std::size_t>(); };
        const bool is_new = seen.emplace(digests.at(index("tensor")).get<std::string>(),
                                         matrices.at("slice").at(row).get<std::int64_t>(),
                                         matrices.at("selection").at(row).get<std::int64_t>())
                                .second;
        add(outline.shards.at(index("shard")), costs.at(index("cost")), is_new);
    }
    for (const ShardOutline& shard : outline.shards)
        outline.units += shard.units;
    return outline;
}

}  // namespace

PlanOutline outline_from_text(std::string_view text, std::string_view source)
{
    try {
        return read_outline(parse_json(text, source));
    } catch (const UsageError& error) {
        throw UsageError(fmt::format("{} cannot be used: {}", source, error.problem()), error.why(),
                         error.suggestion());
    } catch (const std::exception& error) {
        throw UsageError(fmt::format("{} cannot be read as a plan", source), error.what(), "plan again");
    }
}

PlanOutline outline_of(const Plan& plan)
{
    PlanOutline outline;
    outline.name = plan.name;
    outline.sweep_sha256 = plan.sweep_sha256;
    outline.cut_sha256 = plan.cut_sha256;
    outline.units = std::ssize(plan.units);
    outline.shards.resize(checked_cast<std::size_t>(plan.shard_count));
    for (std::int64_t row = 0; row < outline.units; ++row) {
        const PlanUnit& unit = plan.units[checked_cast<std::size_t>(row)];
        const PlanMatrix& matrix = plan.matrices[checked_cast<std::size_t>(unit.matrix)];
        const ResourceNeed need = resource_need(matrix.predicted_bytes, matrix.solver);
        add(outline.shards[checked_cast<std::size_t>(unit.shard)],
            {1, need, unit.predicted_seconds, unit.predicted_seconds / need.ranks}, unit.canonical_row == row);
    }
    return outline;
}

}  // namespace specsweep::sweep
