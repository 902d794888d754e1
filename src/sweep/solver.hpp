#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace specsweep::sweep {

/// What decides which solver a matrix gets, beside its shape.
struct SolverNeeds {
    std::int64_t memory_per_rank = 0;  ///< bytes, as given to `plan`
    std::string_view metrics = "full";
    std::string_view certificate = "probabilistic";
    std::string_view method = {};  ///< one of solver_methods() that somebody insists on, or empty
};

/// Which route a matrix takes: a pure function of its shape and the plan's settings, so that the numbers never depend
/// on where or on how many ranks they are made. One rank a matrix, by the Gram matrix with the accurate path inside it
/// where the certificate asks for it; where predicted_rank_bytes() do not fit a rank, the smallest group of ranks whose
/// parts do (cost/group_solver.hpp). `metrics: fast` takes lanczos for every shape; with `extended` the matrix itself
/// must fit one rank as well, or it goes to a group and has no extended measurements. `pdgesvd` takes groups of two
/// ranks or more.
/// @throws UsageError when not even a group of 256 ranks fits, or the method does not, saying what would.
std::string choose_solver(std::int64_t rows, std::int64_t cols, const SolverNeeds& needs);

/// Peak memory of one rank (of a group: of each, with units that wait) with the plan's metrics and certificate.
std::int64_t predicted_rank_bytes(std::int64_t rows, std::int64_t cols, std::string_view solver,
                                  const SolverNeeds& needs);

/// What `--method` takes.
std::span<const std::string_view> solver_methods();

}  // namespace specsweep::sweep
