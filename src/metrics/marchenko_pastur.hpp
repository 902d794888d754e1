#pragma once

#include <cstdint>
#include <span>

namespace specsweep::metrics {

/// The spectrum as white noise plus spikes (Marchenko & Pastur 1967).
///
///   τ = σ_median/(√M·√μ_β),  √μ_β ≈ λ(β)/ω(β)            noise of one entry; β = N/M, N ≤ M
///   λ(β)² = 2(β+1) + 8β/((β+1) + √(β²+14β+1)),  ω(β) ≈ 0.56β³ − 0.95β² + 1.82β + 1.43
///   edges τ(√M ± √N);  a spike has σ² > τ²(μ + q·s), μ = (√M+√N)², s = (√M+√N)(1/√M + 1/√N)^(1/3)
///
/// q = 2.0234, the 99 % quantile of the Tracy–Widom law of real matrices. Source: Gavish & Donoho 2014 (noise from the
/// median); Johnstone 2001 (edge fluctuation).
struct MarchenkoPastur {
    double noise = 0;  ///< τ
    double edge_low = 0, edge_high = 0;
    std::int64_t spikes = 0;
};

/// @pre sigma descending, min(rows, cols) ≥ 1 of them
MarchenkoPastur marchenko_pastur(std::span<const double> sigma, std::int64_t rows, std::int64_t cols);

}  // namespace specsweep::metrics
