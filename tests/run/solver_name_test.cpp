#include <gtest/gtest.h>

#include "cost/group_solver.hpp"
#include "results/layout.hpp"
#include "spectrum/method.hpp"

namespace specsweep {
namespace {

/// A name that is cut in the file would fail its CRC.
TEST(SolverNames, FitTheColumnsOfAResultFile)
{
    for (const spectrum::Method method : spectrum::all_methods()) {
        const std::string name(spectrum::name(method));
        EXPECT_LE(std::ssize(name), results::layout::method_width) << name;
        const std::string largest = cost::GroupSolver{name, 16, 16, 64}.text();
        EXPECT_LE(std::ssize(largest), results::layout::solver_width) << largest;
    }
}

}  // namespace
}  // namespace specsweep
