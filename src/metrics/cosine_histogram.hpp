#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace specsweep::metrics {

/// Counts of pairs of vectors by z = cos·√d, in bins that are the same for every matrix: directions at random have
/// z ~ N(0, 1) nearly.
///
///   |z| < 4          64 bins of width 1/8
///   4 ≤ |z| ≤ 128    20 bins a side, each octave cut into four equal parts; the last takes everything beyond
///
/// All edges are multiples of 1/8, so that binning is exact.
inline constexpr std::size_t cosine_bins = 104;

using CosineCounts = std::array<std::int32_t, cosine_bins>;

/// Ascending; bin i is [edge i, edge i + 1), the last one closed.
std::array<double, cosine_bins + 1> cosine_bin_edges();

/// The bin of z; beyond the edges: the first or the last.
std::size_t cosine_bin(double z);

}  // namespace specsweep::metrics
