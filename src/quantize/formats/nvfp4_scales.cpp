#include "quantize/formats/nvfp4_scales.hpp"

#include <limits>

#include "quantize/rounding.hpp"

namespace specsweep::quantize {

namespace {

constexpr float largest = std::numeric_limits<float>::max();

}  // namespace

Nvfp4Scales::Nvfp4Scales(Nvfp4Variant whose, const TensorStatistics& tensor)
    : variant(whose), tensor_maximum(has_tensor_scale(whose) ? tensor.absolute_maximum : 2688.0F)
{
    switch (variant) {
        case Nvfp4Variant::torchao:
        case Nvfp4Variant::modelopt:
            decode = tensor_maximum / 2688.0F;
            decode = decode == 0 ? 1.0F : decode;
            encode = 1.0F / decode;
            return;
        case Nvfp4Variant::compressed_tensors:
            encode = smaller((1.0F / larger(tensor_maximum, std::numeric_limits<float>::min())) * 2688.0F, largest);
            break;
        case Nvfp4Variant::te:
        case Nvfp4Variant::te_old:
        case Nvfp4Variant::torchao_single:
        case Nvfp4Variant::vllm:
        case Nvfp4Variant::ggml:
            encode = tensor_maximum == 0 ? 1.0F : smaller(2688.0F / tensor_maximum, largest);
            break;
    }
    decode = 1.0F / encode;
}

float Nvfp4Scales::element_scale(float s8) const
{
    switch (variant) {
        case Nvfp4Variant::te:
        case Nvfp4Variant::te_old:
        case Nvfp4Variant::vllm:
            return smaller(1.0F / (s8 * decode), largest);
        case Nvfp4Variant::torchao:
            return encode / s8;
        case Nvfp4Variant::torchao_single:
            return 1.0F / s8;
        case Nvfp4Variant::modelopt:
            return s8 * decode;
        case Nvfp4Variant::ggml:
            return s8 == 0 ? 1.0F : s8;
        case Nvfp4Variant::compressed_tensors:
            return s8 / encode;
    }
    return s8;
}

}  // namespace specsweep::quantize
