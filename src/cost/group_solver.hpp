#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace specsweep::cost {

/// A solver that works on a group of ranks, as plans and result files spell it: "gram-scalapack:grid=2x2,nb=64".
struct GroupSolver {
    std::string method;  ///< "gram-scalapack"
    int grid_rows = 1, grid_cols = 1;
    std::int64_t nb = 64;

    int ranks() const { return grid_rows * grid_cols; }
    std::string text() const;
    friend bool operator==(const GroupSolver&, const GroupSolver&) = default;
};

/// Nothing for a solver of one rank. @throws UsageError for a text with a colon that is none of the above.
std::optional<GroupSolver> parse_group_solver(std::string_view solver);

/// The method without grid and block: what spectrum::parse_method() knows.
std::string_view method_of_solver(std::string_view solver);

/// Ranks that work on one unit: 1, or those of the grid.
int ranks_of_solver(std::string_view solver);

}  // namespace specsweep::cost
