#include "sweep/solver.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/integer.hpp"
#include "base/text.hpp"
#include "cost/cost_model.hpp"
#include "cost/group_solver.hpp"

namespace specsweep::sweep {
namespace {

constexpr int most_ranks = 256;

/// The smallest group, a power of two, whose ranks each have enough; grid as square as it goes, rows ≤ columns.
std::optional<cost::GroupSolver> smallest_group(std::int64_t rows, std::int64_t cols, std::int64_t memory_per_rank,
                                                std::string_view method)
{
    const std::int64_t nb = std::min(rows, cols) >= 2048 ? 64 : 32;
    for (int grid_rows = 1, grid_cols = 2; grid_rows * grid_cols <= most_ranks;) {
        const cost::GroupSolver group{std::string(method), grid_rows, grid_cols, nb};
        if (cost::predicted_bytes(rows, cols, group.text()) <= memory_per_rank)
            return group;
        (grid_rows < grid_cols ? grid_rows : grid_cols) *= 2;
    }
    return std::nullopt;
}

[[noreturn]] void refuse(std::int64_t rows, std::int64_t cols, std::int64_t needed, std::int64_t memory_per_rank)
{
    constexpr std::int64_t megabyte = 1'000'000;
    throw UsageError(fmt::format("a matrix of {} x {} does not fit into the memory of a rank", rows, cols),
                     fmt::format("it needs {}, a rank has {}, and no group of up to {} ranks helps",
                                 format_bytes(static_cast<double>(needed)),
                                 format_bytes(static_cast<double>(memory_per_rank)), most_ranks),
                     fmt::format("give --memory-per-rank {}MB or more, or leave it out with matrices.exclude",
                                 (needed + megabyte - 1) / megabyte));
}

}  // namespace

std::span<const std::string_view> solver_methods()
{
    static constexpr std::array<std::string_view, 5> methods{"gram-two-stage", "gram-lapack", "qr-lapack", "dgesdd",
                                                             "pdgesvd"};
    return methods;
}

std::int64_t predicted_rank_bytes(std::int64_t rows, std::int64_t cols, std::string_view solver,
                                  const SolverNeeds& needs)
{
    std::int64_t bytes = cost::predicted_bytes_together(rows, cols, solver, needs.memory_per_rank);
    if (needs.metrics == "extended")
        bytes = checked_add(bytes, cost::predicted_extended_bytes(rows, cols, solver));
    if (needs.certificate == "worst-case")
        bytes = checked_add(bytes, cost::predicted_residual_bytes(rows, cols, solver));
    return bytes;
}

std::string choose_solver(std::int64_t rows, std::int64_t cols, const SolverNeeds& needs)
{
    const bool fast = needs.metrics == "fast";
    if (needs.method == "pdgesvd" && !fast) {
        if (const auto group = smallest_group(rows, cols, needs.memory_per_rank, needs.method))
            return group->text();
        refuse(rows, cols, cost::predicted_bytes(rows, cols, cost::GroupSolver{"pdgesvd", 1, 2, 64}.text()),
               needs.memory_per_rank);
    }
    const bool insisted = !needs.method.empty() && !fast;
    const std::string_view solver = fast ? "lanczos" : insisted ? needs.method : "gram-two-stage";
    const std::int64_t bytes = predicted_rank_bytes(rows, cols, solver, needs);
    if (bytes <= needs.memory_per_rank)
        return std::string(solver);
    if (!insisted && !fast)
        if (const auto group = smallest_group(rows, cols, needs.memory_per_rank, "gram-band"))
            return group->text();
    refuse(rows, cols, bytes, needs.memory_per_rank);
}

}  // namespace specsweep::sweep
