#pragma once

#include <memory>

#include "quantize/quantizer.hpp"

namespace specsweep::quantize {

/// Spectral-norm scaling (quantization.md §1.5), around any format that does not already fix σ₁ itself.
enum class SpectralNorm {
    post,  ///< Ŵ ← fl(Q(W)·σ₁(W)/σ₁(Q(W))): the largest singular value is kept
    pre,   ///< Ŵ = fl(Q(fl(W/σ₁(W)))·σ₁(W)): changes formats with fixed or power-of-two scales only
};

/// The factor is one binary64 number a matrix, from TensorStatistics: reproducible to the accuracy of σ₁. A zero matrix
/// and a Q(W) that is zero keep the factor 1. Counts are those of the inner format.
/// @throws UsageError: the inner format needs singular values itself; norm=spectral-pre around a rotation.
std::unique_ptr<const Quantizer> make_norm(std::string text, std::unique_ptr<const Quantizer> inner, SpectralNorm norm);

}  // namespace specsweep::quantize
