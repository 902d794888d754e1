#include "bench/schedule/bench_schedule.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "bench/schedule/model_shapes.hpp"
#include "cost/cost_model.hpp"
#include "cost/group_solver.hpp"
#include "sweep/solver.hpp"

namespace specsweep::bench {
namespace {

/// One matrix: its reference, then its quantized forms.
void add_units(std::vector<SimulatedUnit>& units, const ShapeCount& shape, const ScheduleBenchOptions& options)
{
    constexpr double stored_bytes = 2, single_bytes = 4;  // BF16 on disk, fp32 pieces inside a group
    const std::string solver =
        sweep::choose_solver(shape.rows, shape.cols, {.memory_per_rank = options.memory_per_rank});
    cost::MachineConstants machine = options.machine;
    const double elements = static_cast<double>(shape.rows) * static_cast<double>(shape.cols);
    SimulatedUnit unit;
    unit.ranks = cost::ranks_of_solver(solver);
    unit.read_bytes = stored_bytes * elements;
    unit.broadcast_bytes = unit.ranks > 1 ? single_bytes * elements : 0;
    unit.compute_seconds = cost::predicted_seconds(shape.rows, shape.cols, solver, machine);
    if (shape.angles && unit.ranks == 1)
        unit.compute_seconds += cost::predicted_angle_seconds(shape.rows, shape.cols, machine);
    const double quantize = cost::predicted_quantize_seconds(shape.rows, shape.cols, machine);
    for (std::int64_t matrix = 0; matrix < shape.count; ++matrix)
        for (int quantizer = 0; quantizer <= options.quantizers; ++quantizer) {
            units.push_back(unit);
            units.back().compute_seconds += quantizer > 0 ? quantize : 0;
        }
}

Json row(const ModelShapes& model, std::int64_t ranks, const std::vector<SimulatedUnit>& units,
         const ScheduleBenchOptions& options)
{
    Cluster cluster = options.cluster;
    cluster.ranks = static_cast<int>(ranks);
    const auto largest =
        std::max_element(units.begin(), units.end(), [](const auto& a, const auto& b) { return a.ranks < b.ranks; });
    if (largest->ranks > ranks)
        return {{"model", model.name}, {"ranks", ranks}, {"note", "its largest matrices want more ranks"}};
    const Simulation found = simulate(units, cluster);
    return {{"model", model.name},
            {"ranks", ranks},
            {"units", units.size()},
            {"group", largest->ranks},
            {"makespan_seconds", found.makespan},
            {"efficiency", found.efficiency},
            {"tail", found.tail},
            {"reading", found.reading},
            {"broadcast", found.broadcast},
            {"startup", found.startup}};
}

}  // namespace

Json bench_schedule(const ScheduleBenchOptions& options)
{
    Json result{{"machine", options.machine.name},
                {"quantizers", options.quantizers},
                {"memory_per_rank", options.memory_per_rank},
                {"ranks_per_node", options.cluster.ranks_per_node},
                {"rows", Json::array()}};
    std::vector<std::string> names;
    for (const ModelShapes& model : model_shapes()) {
        names.push_back(model.name);
        if (!options.model.empty() && options.model != model.name)
            continue;
        std::vector<SimulatedUnit> units;
        for (const ShapeCount& shape : model.shapes)
            add_units(units, shape, options);
        for (const std::int64_t ranks : options.ranks) {
            if (ranks < 1 || ranks > 10'000'000)
                throw UsageError("a number of ranks is out of range", std::to_string(ranks));
            result["rows"].push_back(row(model, ranks, units, options));
        }
    }
    if (result["rows"].empty() && !options.ranks.empty())
        throw UsageError("there is no model '" + options.model + "'", {}, suggest(options.model, names));
    return result;
}

}  // namespace specsweep::bench
