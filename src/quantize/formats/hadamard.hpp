#pragma once

#include <memory>

#include "quantize/quantizer.hpp"

namespace specsweep::quantize {

/// Randomised Hadamard rotation of every n = 16 or 128 neighbours along the input axis (quantization.md §2.3):
///
///   W' = W·H,  H = diag(s)·Hₙ/√n  (Sylvester order),  Ŵ = Q(W')·Hᵀ
///
/// Orthogonal, so W' has the singular values of W. n = 16: the signs s of TransformerEngine; n = 128: the top bits of
/// Philox4x32-10 with counter (k, 0, 128, 0) under the seed. Butterflies in binary64, rounded to fp32 once each way.
/// Rows must be a multiple of n long. Counts are those of Q on W'.
std::unique_ptr<const Quantizer> make_hadamard(std::string text, std::unique_ptr<const Quantizer> inner, int size);

/// W → W' alone (inverse: W' → W): what statistics are taken of; also for tests.
std::unique_ptr<const Quantizer> make_rotation(int size, bool inverse);

}  // namespace specsweep::quantize
