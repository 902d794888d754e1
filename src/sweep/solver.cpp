#include "sweep/solver.hpp"

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/text.hpp"
#include "cost/cost_model.hpp"

namespace specsweep::sweep {

std::string choose_solver(std::int64_t rows, std::int64_t cols, double /*tolerance*/, std::int64_t memory_per_rank,
                          std::string_view metrics)
{
    const char* solver = metrics == "fast" ? "lanczos" : "gram-two-stage";
    const std::int64_t needed = cost::predicted_bytes(rows, cols, solver);
    if (needed > memory_per_rank) {
        constexpr std::int64_t megabyte = 1'000'000;
        throw UsageError(fmt::format("a matrix of {} x {} does not fit into the memory of a rank", rows, cols),
                         fmt::format("it needs {}, a rank has {}", format_bytes(static_cast<double>(needed)),
                                     format_bytes(static_cast<double>(memory_per_rank))),
                         fmt::format("give --memory-per-rank {}MB or more, or leave it out with matrices.exclude",
                                     (needed + megabyte - 1) / megabyte));
    }
    return solver;
}

}  // namespace specsweep::sweep
