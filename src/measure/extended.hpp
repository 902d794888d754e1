#pragma once

#include <cstdint>
#include <span>

#include "measure/dense_source.hpp"
#include "metrics/extended_moments.hpp"
#include "spectrum/leading_vectors.hpp"
#include "spectrum/spectrum.hpp"

namespace specsweep::measure {

/// Sides of the submatrices, how many at most, and how many directions are compared.
inline constexpr std::int64_t farms_side = 128;
inline constexpr std::int64_t most_farms_blocks = 256;
inline constexpr std::int64_t subspace_rank = 10;

/// FARMS (Hu et al. 2025) with the windows of AlphaQ: the squared singular values of q × q submatrices, q = 128 or the
/// shorter side, that tile the matrix from its first element; of more than 256 a seeded choice of 256. Pooled, those
/// above rounding, they give a power-law fit over all xmin, Hill's α of the upper half (FARMS' own default, xmin_mid)
/// and of the upper tenth (AlphaQ). All submatrices are square, so that the aspect ratio of a matrix does not show in
/// its α. Fills farms_…; α stays NaN with fewer than ten values, or where all are equal.
void measure_farms(const DenseSource& matrix, std::uint64_t key, spectrum::Workspace& workspace,
                   metrics::ExtendedMoments& into);

/// The elements in random order (the same order for the same key and size), and the spectrum of that.
///
///   shuffled_sigma_max, and √((KL(p‖h) + KL(q‖h))/2), h = (p + q)/2, p and q = σ²/Σσ² over k before and after
///
/// Destroys the order of `matrix`. @param sigma its spectrum, descending
/// Source: WeightWatcher's `randomize` (max_rand_eval = σ₁², rand_distance).
void measure_shuffled(DenseSource& matrix, std::span<const double> sigma, std::uint64_t key,
                      const spectrum::SpectrumRequest& request, spectrum::Workspace& workspace,
                      metrics::ExtendedMoments& into);

/// Principal angles between the spaces of the first r singular vectors, r = 10 or as many as both matrices resolve
/// (leading_vectors.hpp), and of the first alone. Where σ_r and σ_{r+1} are close the spaces are not determined, and
/// large angles say nothing but that.
void measure_subspaces(const spectrum::LeadingVectors& before, const spectrum::LeadingVectors& after,
                       metrics::ExtendedMoments& into);

}  // namespace specsweep::measure
