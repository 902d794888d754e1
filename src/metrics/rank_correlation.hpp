#pragma once

#include <span>
#include <vector>

namespace specsweep::metrics {

/// Ranks from 1; equal values share the mean of theirs.
std::vector<double> mid_ranks(std::span<const double> values);

/// Spearman's ρ: the correlation of the ranks, ties by mid-ranks. 0 when either side is constant. @pre equal lengths
double spearman(std::span<const double> a, std::span<const double> b);

}  // namespace specsweep::metrics
