#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace specsweep::metrics {

/// One way to store a layer.
struct StorageChoice {
    double cost = 0;   ///< bits of the whole layer
    double error = 0;  ///< what it adds to the total; may be infinite
};

/// One choice a layer, and how far from the best it can be.
struct Allocation {
    std::vector<std::size_t> choice;  ///< of each layer
    double cost = 0;
    double error = 0;
    double error_bound = 0;  ///< no allocation within the budget has less: the optimum lies in [error_bound, error]
};

/// Least total error within a budget: the multiple-choice knapsack problem.
///
/// Its linear relaxation is solved exactly: each layer walks down the lower convex hull of its (cost, error) points,
/// steps in the order of error saved per bit (Sinha & Zoltners 1979; the Lagrangian with the multiplier of the last
/// step taken). The value of the relaxation is the bound; of its solution the one fractional step is left out, then
/// single layers are improved while something fits, and then the optimum is searched for (exact_allocation.hpp): where
/// the search ends, error_bound = error.
///
/// @return nothing when even the cheapest choices exceed the budget, or a layer has none.
std::optional<Allocation> allocate_bits(std::span<const std::vector<StorageChoice>> layers, double budget);

}  // namespace specsweep::metrics
