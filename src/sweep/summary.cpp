#include "sweep/summary.hpp"

#include <algorithm>
#include <map>

#include "base/format.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "sweep/resource_class.hpp"

namespace specsweep::sweep {

namespace {

/// Fixed part of a unit in an aggregate: its row in every table, derived columns (1.4 kB) and verdicts (2 kB) included.
constexpr std::int64_t bytes_per_row = 4096;

void add_dropped(PlanSummary& summary, const Plan& plan)
{
    std::map<std::string, std::size_t> places;
    for (const DroppedPoint& point : plan.dropped) {
        const auto [place, is_new] = places.try_emplace(point.rule, summary.dropped.size());
        if (is_new)
            summary.dropped.emplace_back(point.rule, 0);
        ++summary.dropped[place->second].second;
    }
}

void add_unit(PlanSummary& summary, std::map<ResourceNeed, ResourceClass>& classes, const PlanUnit& unit,
              const PlanMatrix& matrix)
{
    const ResourceNeed need = resource_need(matrix.predicted_bytes, matrix.solver);
    ResourceClass& resources = classes[need];
    ++resources.units;
    resources.matrices += unit.quantizer == 0;
    summary.references += unit.quantizer == 0;
    resources.core_seconds += unit.predicted_seconds;
    resources.longest_unit_seconds =
        std::max(resources.longest_unit_seconds, unit.predicted_seconds / static_cast<double>(need.ranks));
    const std::int64_t rank_bound = std::min(matrix.matrix.slice.rows, matrix.matrix.slice.cols);
    const std::int64_t values = unit.solver == "lanczos" ? std::min<std::int64_t>(1, rank_bound) : rank_bound;
    resources.output_bytes += bytes_per_row + 2 * 8 * values;
}

}  // namespace

PlanSummary summarize(const Plan& plan)
{
    PlanSummary summary;
    summary.checkpoints = std::ssize(plan.checkpoints);
    summary.matrices = std::ssize(plan.matrices);
    summary.quantizers = std::ssize(plan.quantizers) - 1;
    summary.units = std::ssize(plan.units);
    summary.shards = plan.shard_count;
    summary.cost_machine = plan.cost_machine;
    summary.steps = plan.steps;
    std::map<ResourceNeed, ResourceClass> classes;
    std::vector<double> shard_seconds(static_cast<std::size_t>(plan.shard_count), 0.0);
    for (std::int64_t row = 0; row < summary.units; ++row) {
        const PlanUnit& unit = plan.units[static_cast<std::size_t>(row)];
        if (unit.canonical_row != row) {
            ++summary.shared_units;
            summary.references += unit.quantizer == 0;
            continue;
        }
        add_unit(summary, classes, unit, plan.matrices[static_cast<std::size_t>(unit.matrix)]);
        shard_seconds[static_cast<std::size_t>(unit.shard)] += unit.predicted_seconds;
    }
    summary.output_bytes = bytes_per_row * summary.shared_units;  // a row of its own, the numbers of another
    for (const auto& [need, resources] : classes) {
        summary.classes.push_back(resources);
        summary.classes.back().memory_bytes = need.memory;
        summary.classes.back().ranks = need.ranks;
        summary.core_seconds += resources.core_seconds;
        summary.output_bytes += resources.output_bytes;
        summary.longest_unit_seconds = std::max(summary.longest_unit_seconds, resources.longest_unit_seconds);
    }
    // A shard asks for what its largest matrix needs.
    std::vector<ResourceNeed> need_of_shard(static_cast<std::size_t>(plan.shard_count));
    for (const PlanMatrix& matrix : plan.matrices) {
        ResourceNeed& need = need_of_shard[static_cast<std::size_t>(matrix.shard)];
        need = larger_need(need, resource_need(matrix.predicted_bytes, matrix.solver));
    }
    for (ResourceClass& resources : summary.classes)
        resources.shards = std::count(need_of_shard.begin(), need_of_shard.end(),
                                      ResourceNeed{resources.memory_bytes, resources.ranks});
    for (const PlanMatrix& matrix : plan.matrices)
        summary.peak_bytes = std::max(summary.peak_bytes, matrix.predicted_bytes);
    summary.longest_shard_seconds =
        shard_seconds.empty() ? 0 : *std::max_element(shard_seconds.begin(), shard_seconds.end());
    add_dropped(summary, plan);
    return summary;
}

Json to_json(const PlanSummary& summary)
{
    Json classes = Json::array();
    for (const ResourceClass& resources : summary.classes)
        classes.push_back({{"memory_bytes", resources.memory_bytes},
                           {"ranks", resources.ranks},
                           {"matrices", resources.matrices},
                           {"units", resources.units},
                           {"core_hours", resources.core_seconds / 3600},
                           {"longest_unit_seconds", resources.longest_unit_seconds},
                           {"shards", resources.shards},
                           {"output_bytes", resources.output_bytes}});
    Json dropped = Json::array();
    for (const auto& [rule, count] : summary.dropped)
        dropped.push_back({{"rule", rule}, {"count", count}});
    Json steps = Json::array();
    for (const ExpansionStep& step : summary.steps)
        steps.push_back({{"step", step.name}, {"points", step.points}});
    return {{"checkpoints", summary.checkpoints},
            {"matrices", summary.matrices},
            {"quantizers", summary.quantizers},
            {"units", summary.units},
            {"references", summary.references},
            {"shared_units", summary.shared_units},
            {"shards", summary.shards},
            {"core_hours", summary.core_seconds / 3600},
            {"longest_shard_seconds", summary.longest_shard_seconds},
            {"longest_unit_seconds", summary.longest_unit_seconds},
            {"peak_bytes", summary.peak_bytes},
            {"output_bytes", summary.output_bytes},
            {"cost_machine", summary.cost_machine},
            {"classes", classes},
            {"dropped", dropped},
            {"steps", steps}};
}

std::string explain(const Plan& plan)
{
    std::string text;
    for (const ExpansionStep& step : plan.steps) {
        const bool one = step.points == 1;
        text += fmt::format("{:<16} {:>14} {}\n", step.name, format_count(step.points),
                            step.name == "matrices" ? (one ? "matrix" : "matrices") : (one ? "point" : "points"));
    }
    for (const DroppedPoint& point : plan.dropped) {
        const std::string matrix = point.matrix.empty() ? "every matrix" : point.checkpoint + " " + point.matrix;
        text += fmt::format("dropped  {}{}  ({})\n", matrix, point.quantizer.empty() ? "" : "  " + point.quantizer,
                            point.rule);
    }
    return text;
}

}  // namespace specsweep::sweep
