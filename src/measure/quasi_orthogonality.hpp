#pragma once

#include <array>
#include <cstdint>

#include "metrics/cosine_histogram.hpp"
#include "spectrum/spectrum.hpp"

namespace specsweep::measure {

/// Which pairs the shares and the histogram look at.
enum class Pairs {
    sampled,  ///< at most sampled_pairs
    all       ///< all of the rows that are kept, at most most_sampled_rows
};

/// How far the rows of an embedding are from orthogonal (metrics.md §2.11). V rows of length above zero, d columns.
///
///   mean         = (‖Σ x̂_i‖² − V)/(V(V − 1))           over all pairs, exactly
///   mean_square  = (Σ s_k⁴ − V)/(V(V − 1))             over all pairs; s: singular values of the rows x̂_i; six digits
///   share[t − 1] = share of pairs with |cos| < t/√d, t = 1, 2, 3: of all pairs where there are at most sampled_pairs,
///                  of a sample otherwise
///   histogram    = the same pairs by cos·√d (metrics/cosine_histogram.hpp)
///
/// Directions at random have mean_square ≈ 1/d and shares 68.3 %, 95.4 %, 99.7 % (cos·√d → N(0, 1)); no set of V > d
/// directions has a mean_square below (V − d)/(d(V − 1)) (Welch).
struct CosineStatistics {
    std::int64_t rows = 0;   ///< V
    std::int64_t pairs = 0;  ///< looked at for the shares
    double mean = 0, mean_square = 0;
    std::array<double, 3> share{};
    metrics::CosineCounts histogram{};
};

/// Of the rows as they are, and after the mean row was taken off.
struct AngleMeasurement {
    CosineStatistics raw, centred;
};

inline constexpr std::int64_t sampled_pairs = 100000;
/// Pairs are of so many rows at most, fewer where they would take more than 32 MiB in fp32.
inline constexpr std::int64_t most_sampled_rows = 8192;

/// Two passes over the matrix, of which the first finds the mean row too; Σ s_k⁴ = ‖Gram matrix‖_F². Deterministic in
/// the seed.
/// @return NaN in every real member when fewer than two rows have a length.
AngleMeasurement measure_angles(spectrum::PanelSource& source, std::uint64_t seed, spectrum::Workspace& workspace,
                                Pairs = Pairs::sampled);

}  // namespace specsweep::measure
