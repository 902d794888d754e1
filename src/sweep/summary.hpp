#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/json_forward.hpp"
#include "sweep/plan.hpp"

namespace specsweep::sweep {

/// Units that want about the same memory per rank: one Slurm array each (or more, where arrays are short).
struct ResourceClass {
    std::int64_t memory_bytes = 0;  ///< per rank, rounded up to a power of two
    std::int32_t ranks = 1;         ///< of the group that one unit needs
    std::int64_t matrices = 0, units = 0, shards = 0;
    double core_seconds = 0;
    double longest_unit_seconds = 0;
    std::int64_t output_bytes = 0;  ///< of its shard files, about
};

/// What `plan` prints: counts, cost, memory, output, per resource class and in total.
struct PlanSummary {
    std::int64_t checkpoints = 0, matrices = 0, quantizers = 0 /*without the reference*/;
    std::int64_t units = 0, references = 0;
    std::int64_t shared_units = 0;  ///< rows that take their numbers from another row with the same id
    std::int64_t shards = 0;
    double core_seconds = 0, longest_shard_seconds = 0, longest_unit_seconds = 0;
    std::int64_t peak_bytes = 0;    ///< of the largest unit on one rank
    std::int64_t output_bytes = 0;  ///< of the aggregate, about
    std::string cost_machine;
    std::vector<ResourceClass> classes;  ///< by memory, then ranks, ascending
    std::vector<std::pair<std::string, std::int64_t>>
        dropped;  ///< rule and how many points or matrices, in order of appearance
    std::vector<ExpansionStep> steps;
};

PlanSummary summarize(const Plan&);
Json to_json(const PlanSummary&);

/// For `plan --explain`: the count after every step, then each dropped point with its rule, one a line.
std::string explain(const Plan&);

}  // namespace specsweep::sweep
