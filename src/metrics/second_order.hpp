#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace specsweep::metrics {

/// White noise of variance τ² per entry moves an isolated singular value by second-order effects:
///
///   σ̃² ≈ σ² + τ²(m + n) + τ⁴mn/σ²   for σ > τ(mn)^(1/4),   so ε ≈ τ²(m + n)/(2σ²)
///
/// Source: Benaych-Georges & Nadakuditi 2012. τ = ‖E‖_F/√(mn).
double second_order_sigma(double sigma, double noise, std::int64_t rows, std::int64_t cols);

/// How well that describes the changes seen.
struct SecondOrderFit {
    double median_ratio = 0;  ///< median over k of (σ̃_k − σ_k)/(predicted change); 1 when the law holds
    std::int64_t used = 0;    ///< values above τ(mn)^(1/4)
};

/// @pre same length, descending @return nothing when no value lies above the threshold or the noise is 0.
std::optional<SecondOrderFit> second_order_fit(std::span<const double> sigma, std::span<const double> quantized,
                                               double noise, std::int64_t rows, std::int64_t cols);

}  // namespace specsweep::metrics
