#pragma once

#include <memory>

#include "quantize/quantizer.hpp"

namespace specsweep::quantize {

/// Storage types that decoded values can be rounded to once more, as deployments store them.
enum class CastType { bf16, fp16 };

/// `cast=bf16`: Ŵ ← RNE(Ŵ) to the storage type; fp16 saturates at ±65504. zeroed is counted after the cast, clipped
/// before.
std::unique_ptr<const Quantizer> make_cast(std::string text, std::unique_ptr<const Quantizer> inner, CastType type);

/// The cast alone.
std::unique_ptr<const Quantizer> make_cast(std::string text, CastType type);

}  // namespace specsweep::quantize
