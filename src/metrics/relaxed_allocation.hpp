#pragma once

#include <span>
#include <vector>

#include "metrics/bit_allocation.hpp"

namespace specsweep::metrics {

/// The linear relaxation of the multiple-choice knapsack problem, as the steps that solve it (Sinha & Zoltners 1979).

/// Corners of the lower convex hull of a layer's (cost, error) points from the cheapest on: cost rises, error falls,
/// ever more slowly. @pre not empty
std::vector<std::size_t> hull_of(const std::vector<StorageChoice>& layer);

/// From one corner of a layer's hull to the next.
struct HullStep {
    std::size_t layer, from, to;
    double cost, saved;
};

/// All of them, most error saved per bit first; those of a layer in their order.
std::vector<HullStep> hull_steps(std::span<const std::vector<StorageChoice>> layers);

}  // namespace specsweep::metrics
