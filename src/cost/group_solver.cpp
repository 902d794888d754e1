#include "cost/group_solver.hpp"

#include <charconv>

#include "base/error.hpp"
#include "base/format.hpp"

namespace specsweep::cost {
namespace {

/// Takes `name`, then a positive number off the front of the text.
std::optional<int> take(std::string_view& text, std::string_view name)
{
    if (!text.starts_with(name))
        return std::nullopt;
    text.remove_prefix(name.size());
    int value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc() || value < 1 || value > 100'000)
        return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
}

}  // namespace

std::string GroupSolver::text() const
{
    return fmt::format("{}:grid={}x{},nb={}", method, grid_rows, grid_cols, nb);
}

std::optional<GroupSolver> parse_group_solver(std::string_view solver)
{
    const std::size_t colon = solver.find(':');
    if (colon == std::string_view::npos)
        return std::nullopt;
    std::string_view rest = solver.substr(colon + 1);
    const auto rows = take(rest, "grid=");
    const auto cols = rows ? take(rest, "x") : std::nullopt;
    const auto nb = cols ? take(rest, ",nb=") : std::nullopt;
    if (!nb || !rest.empty())
        throw UsageError(fmt::format("the solver '{}' is not understood", solver), "its grid or block size is wrong",
                         "plan again with this version");
    return GroupSolver{std::string(solver.substr(0, colon)), *rows, *cols, *nb};
}

std::string_view method_of_solver(std::string_view solver)
{
    return solver.substr(0, solver.find(':'));
}

int ranks_of_solver(std::string_view solver)
{
    const auto group = parse_group_solver(solver);
    return group ? group->ranks() : 1;
}

}  // namespace specsweep::cost
