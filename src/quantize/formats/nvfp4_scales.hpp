#pragma once

#include "quantize/block_statistic.hpp"
#include "quantize/tensor_statistics.hpp"

namespace specsweep::quantize {

/// Whose order of operations makes the block scale and the element factor (quantization.md §2.2).
enum class Nvfp4Variant { te, te_old, torchao, torchao_single, modelopt, compressed_tensors, vllm, ggml };

constexpr bool has_tensor_scale(Nvfp4Variant variant)
{
    return variant != Nvfp4Variant::torchao_single && variant != Nvfp4Variant::ggml;
}

/// Variants that divide elements by their scale; the others multiply by its reciprocal.
constexpr bool divides(Nvfp4Variant variant)
{
    return variant == Nvfp4Variant::modelopt || variant == Nvfp4Variant::compressed_tensors ||
           variant == Nvfp4Variant::ggml;
}

/// The two scales of NVFP4, from A = max|W| and a = max|w| of each block. TransformerEngine ≥ 2.15 (§2.1):
///
///   S = fl(2688/A), D = fl(1/S), s8 = E4M3(min(fl(a·fl(S·fl(1/6))), 448)), e = min(fl(1/fl(s8·D)), FLT_MAX)
///
/// The table of §2.2 has the others; each case of prepare() is one row of it.
struct Nvfp4Scales {
    Nvfp4Variant variant;
    float tensor_maximum;  ///< A; 2688 where there is no tensor scale
    float encode;          ///< S, or fl(1/g)
    float decode;          ///< D = fl(1/S), or g = fl(A/2688)

    Nvfp4Scales(Nvfp4Variant whose, const TensorStatistics& tensor);

    /// @param s8 block scales, values of E4M3. @param element factors (or divisors) of the elements.
    void prepare(const AbsoluteMaximum* blocks, int count, float* s8, float* element) const;

private:
    void unrounded(const AbsoluteMaximum* blocks, int count, float* scales) const;
    void element_scales(const float* s8, int count, float* element) const;
};

}  // namespace specsweep::quantize
