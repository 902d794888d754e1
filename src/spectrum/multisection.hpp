#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "spectrum/tridiagonal.hpp"

namespace specsweep::spectrum {

/// One eigenvalue of T and a bound that is verified, not estimated: |value − λ| ≤ error.
struct VerifiedEigenvalue {
    double value = 0;
    double error = 0;
};

/// All eigenvalues of T, ascending, each in an interval that Sturm counts at its ends have verified.
///
///  1. the whole range in 64 pieces, then every interval with c > 1 eigenvalues into min(c, 16) pieces, round by round,
///     until each eigenvalue stands alone or the interval is no wider than `resolution`;
///  2. an eigenvalue alone: Chandrupatla's method (inverse quadratic interpolation or bisection) on p_n(x), whose Sturm
///     count comes with every value, so that the bracket stays verified (Chandrupatla 1997; spectra.md §9).
///
/// All intervals of a round are evaluated together, in SIMD lanes. error = half the bracket + matrix.count_error(),
/// in T's own units; typically ε·‖T‖. Never fails to converge: step 2 falls back to bisection.
std::vector<VerifiedEigenvalue> eigenvalues_by_multisection(const ScaledTridiagonal& matrix);

/// For given approximations (descending, of the n largest eigenvalues of T, T's own units) the bounds that Sturm counts
/// verify: smallest margin·2^j with  λ_k in [value_k − margin, value_k + margin].
/// @throws SolverFailure when an approximation is off by more than 2³⁰ margins.
std::vector<double> verified_errors(const ScaledTridiagonal& matrix, std::span<const double> values, double margin);

}  // namespace specsweep::spectrum
