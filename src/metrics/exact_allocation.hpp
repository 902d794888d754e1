#pragma once

#include <span>
#include <vector>

#include "metrics/bit_allocation.hpp"

namespace specsweep::metrics {

/// Brings a feasible allocation to the optimum: layer after layer, partial choices as (cost, error) points, of which
/// those that another one dominates are dropped (Nemhauser & Ullmann 1969), and those that even the relaxation of the
/// layers to come cannot bring below the best known allocation.
///
/// Where nothing else was dropped the result is optimal, to a relative 1e-12, and error_bound becomes its error. Where
/// more points are alive than time allows (4·10⁶ extensions in all), only those with the least bounds are followed: the
/// allocation may improve, the bound stays.
/// @pre allocation is feasible, of these layers
void search_optimum(Allocation& allocation, std::span<const std::vector<StorageChoice>> layers, double budget);

}  // namespace specsweep::metrics
