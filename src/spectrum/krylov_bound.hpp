#pragma once

#include <cstdint>

namespace specsweep::spectrum {

/// What the upper bound of σ₁ may fail with, per matrix (architecture.md §4.6).
inline constexpr double norm_failure = 1e-12;

/// ε such that, with probability at least 1 − norm_failure, the largest Ritz value θ of a positive semidefinite matrix
/// of order n, taken from a block Krylov space of `steps` blocks with `block` independent Gaussian columns, satisfies
///   θ ≥ (1 − ε) λ₁,   that is   λ₁ ≤ θ/(1 − ε);          1 when no such statement can be made.
///
/// One column: P(θ < (1 − ε) λ₁) ≤ 1.648 √n exp(−√ε (2k − 1)), k = steps (Kuczyński & Woźniakowski, SIAM J. Matrix
/// Anal. Appl. 13 (1992) 1094, Theorem 4.2; the start uniform on the sphere, whatever the matrix). A block Krylov space
/// holds that of each of its columns, which are independent: all of them fail with at most the product.
double krylov_gap(std::int64_t n, std::int64_t steps, std::int64_t block);

}  // namespace specsweep::spectrum
