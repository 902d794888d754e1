#pragma once

#include <cstdint>

#include "metrics/spectrum_view.hpp"

namespace specsweep::metrics {

/// #{σ_k > t}, t = max(m,n)·ε·σ₁ (numpy's rule), as computed and as far as the bounds can move it:
///
///   low  = #{σ_k − e_k > max(m,n)·ε·(σ₁ + e₁)},   high = #{σ_k + e_k > max(m,n)·ε·(σ₁ − e₁)}
///
/// low ≤ value ≤ high. ε = 2⁻⁵².
struct NumericalRank {
    std::int64_t value, low, high;
};

NumericalRank numerical_rank(const SpectrumView&);

}  // namespace specsweep::metrics
