#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace specsweep::sweep {

/// Which route a matrix takes: a pure function of its shape, the tolerance and the memory per rank given to `plan`, so
/// that the numbers never depend on where or on how many ranks they are made. One rank a matrix, by the Gram matrix
/// with the accurate path inside it where the certificate asks for it; where 8k² bytes and panels do not fit a rank,
/// the smallest group of ranks whose parts do (cost/group_solver.hpp). `metrics: fast` takes lanczos for every shape;
/// with `extended` the matrix itself must fit one rank as well, or it goes to a group and has no extended measurements.
/// @param method one of solver_methods() that somebody insists on, or empty; `pdgesvd` takes groups of two ranks or
/// more.
/// @throws UsageError when not even a group of 256 ranks fits, or `method` does not, saying what would.
std::string choose_solver(std::int64_t rows, std::int64_t cols, double tolerance, std::int64_t memory_per_rank,
                          std::string_view metrics = "full", std::string_view method = {});

/// What `--method` takes.
std::span<const std::string_view> solver_methods();

}  // namespace specsweep::sweep
