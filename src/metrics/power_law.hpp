#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>

namespace specsweep::metrics {

/// Which empirical distribution the fitted one is held against, F_i = 1 − (x_i/xmin)^(1−α), n_j values from x_j on:
///
///   index_ecdf      max_i |F_i − (i−j)/n_j| over every element, duplicates too, and every element a candidate
///                   (WeightWatcher's WWFit)
///   left_ecdf       the same over distinct values (the Python package powerlaw); equals index_ecdf without ties
///   kolmogorov      both limits of the step function (textbook; Clauset's plfit)
enum class KsConvention { index_ecdf, left_ecdf, kolmogorov };

/// Tail x ≥ xmin with density ∝ x^(−α).
struct PowerLawFit {
    double alpha = 0;
    double xmin = 0;
    double d = 0;             ///< Kolmogorov–Smirnov distance in the chosen convention
    std::int64_t n_tail = 0;  ///< values ≥ xmin
    double alpha_error = 0;   ///< (α − 1)/√n_tail
};

/// Which values a search may take as xmin: xmin_low ≤ x ≤ xmin_high, and a tail of at least `minimum_tail` values, of
/// at most `excluded_low` or at least `excluded_high` of them. By default all.
struct Candidates {
    double xmin_low = -std::numeric_limits<double>::infinity();
    double xmin_high = std::numeric_limits<double>::infinity();
    double excluded_low = 0, excluded_high = 0;
    double minimum_tail = 0;

    bool allows(double x, double n_tail) const
    {
        return x >= xmin_low && x <= xmin_high && n_tail >= minimum_tail &&
               (n_tail <= excluded_low || n_tail >= excluded_high);
    }
};

/// Clauset, Shalizi & Newman 2009: for every candidate xmin the maximum-likelihood exponent
///
///   α = 1 + n_j / T_j,   T_j = Σ_{i≥j} ln(x_i/x_j),   T_j = T_{j+1} + (n − j − 1)(ln x_{j+1} − ln x_j)
///
/// and D; the candidate with the least D wins, among equals the smallest. All distinct values but the largest are
/// candidates: nothing is sampled.
///
/// Exact and still far below n²/2 evaluations of F: F and the empirical distribution both rise, so between two
/// evaluated points |F − E| cannot exceed max(F_right − E_left, E_right − F_left); intervals that cannot beat what is
/// known are not looked into, and a candidate is dropped at the first point where it is worse than the best one. D is
/// the true maximum to within 4 ulp of 1 (F is rounded, so its monotony holds to rounding).
///
/// @param ascending positive, finite, sorted
/// @return nothing when there is no candidate: fewer than two distinct values, or none that is allowed.
std::optional<PowerLawFit> fit_power_law(std::span<const double> ascending,
                                         KsConvention convention = KsConvention::left_ecdf, Candidates = {});

/// The best fit among tails at least 3/2 times longer or shorter than the winner's: a close second says that α is not
/// determined by the data. @param minimum_tail of the winner's search
std::optional<PowerLawFit> runner_up(std::span<const double> ascending, const PowerLawFit& winner,
                                     KsConvention convention = KsConvention::left_ecdf, double minimum_tail = 0);

/// α and D of one given xmin: the first element that is ≥ xmin. @return nothing when T = 0.
std::optional<PowerLawFit> fit_power_law_from(std::span<const double> ascending, double xmin,
                                              KsConvention convention = KsConvention::left_ecdf);

}  // namespace specsweep::metrics
