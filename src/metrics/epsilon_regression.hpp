#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace specsweep::metrics {

/// The law ε_k ∝ 1/σ_k (arXiv 2602.00969, theorem 4.5) as a regression, with what it would show by chance.
///
///   y_k = |δ_k|/σ_k on x_k = 1/σ_k by least squares with intercept
///
/// Both sides share the denominator, so R² is large even where |δ_k| has nothing to do with σ_k (Pearson's spurious
/// correlation of ratios). The null permutes |δ_k| over k and keeps 1/σ_k: a law is seen only where R² exceeds it.
struct EpsilonRegression {
    double slope = 0;  ///< unit of the weights; ‖E‖₂ if Weyl's bound were attained everywhere
    double intercept = 0;
    double r2 = 0;
    double null_05 = 0, null_median = 0, null_95 = 0;  ///< quantiles of R² over the permutations
    double leverage_share = 0;                         ///< share of Σ(x − x̄)² that the largest x alone has
    double r2_without_top = 0;                         ///< R² without the largest 1 % of x (at least one point)
    double log_slope = 0;   ///< of ln ε on ln σ: −1 for the bound, −2 for second-order noise
    double spearman = 0;    ///< rank correlation of ε and 1/σ
    std::int64_t used = 0;  ///< points
};

inline constexpr std::size_t epsilon_permutations = 200;
inline constexpr std::size_t epsilon_fewest = 10;  ///< points

/// @param sigma descending, positive; @param change |σ̃_k − σ_k|, same length; masked values are not among them
/// @return nothing with fewer than epsilon_fewest points, when all 1/σ are equal or when no singular value moved.
std::optional<EpsilonRegression> epsilon_regression(std::span<const double> sigma, std::span<const double> change,
                                                    std::uint64_t seed);

}  // namespace specsweep::metrics
