#include <map>

#include "quantize/block_quantizer.hpp"
#include "quantize/formats/all.hpp"
#include "quantize/formats/nvfp4_scheme.hpp"

namespace specsweep::quantize {

namespace {

template <Nvfp4Variant variant>
class Nvfp4Quantizer final : public BlockFormatQuantizer {
public:
    Nvfp4Quantizer(std::string text, const BlockStorage& storage)
        : BlockFormatQuantizer(std::move(text), storage,
                               has_tensor_scale(variant) ? StatisticsNeed::range : StatisticsNeed::none)
    {
    }

private:
    QuantizationCounts quantize(const Panel& in, float* out, const TensorStatistics& statistics,
                                Trace* trace) const override
    {
        // Levels go down to A·2⁻¹⁰/2688 > A·2⁻²²: below A = 2⁻¹⁰⁰ some are subnormal.
        if (has_tensor_scale(variant) && statistics.absolute_maximum < 0x1p-100F)
            return quantize_blocks(Nvfp4<variant, true>(statistics), block(), in, out, statistics, trace);
        return quantize_blocks(Nvfp4<variant, false>(statistics), block(), in, out, statistics, trace);
    }
};

template <Nvfp4Variant variant>
std::unique_ptr<const Quantizer> made(const Arguments& arguments)
{
    const BlockStorage storage{.block = arguments.block("block"), .element_bits = 4, .block_bits = 8};
    return std::make_unique<Nvfp4Quantizer<variant>>(arguments.canonical(), storage);
}

std::unique_ptr<const Quantizer> make(const Arguments& arguments)
{
    using Make = std::unique_ptr<const Quantizer> (*)(const Arguments&);
    static const std::map<std::string, Make, std::less<>> makers = {
        {"te", &made<Nvfp4Variant::te>},
        {"te-old", &made<Nvfp4Variant::te_old>},
        {"torchao", &made<Nvfp4Variant::torchao>},
        {"torchao-single", &made<Nvfp4Variant::torchao_single>},
        {"modelopt", &made<Nvfp4Variant::modelopt>},
        {"compressed-tensors", &made<Nvfp4Variant::compressed_tensors>},
        {"vllm", &made<Nvfp4Variant::vllm>},
    };
    return makers.at(arguments["variant"])(arguments);
}

}  // namespace

Format nvfp4_format()
{
    return {
        .name = "nvfp4",
        .summary = "E2M1 elements, E4M3 block scales, one fp32 scale a matrix",
        .source = "quantization.md §2; TransformerEngine ≥ 2.15",
        .parameters = {block("1x16", RunStyle::shape, "1x16 | 16x16; unofficial: tensor | channel | 1xN | RxC",
                             [](const Block&) { return true; }),
                       choice("variant",
                              {"te", "te-old", "torchao", "torchao-single", "modelopt", "compressed-tensors", "vllm"})},
        .make = make,
        .levels = [](const Arguments&) -> std::vector<float> {
            return {-6, -4, -3, -2, -1.5F, -1, -0.5F, 0, 0.5F, 1, 1.5F, 2, 3, 4, 6};
        },
    };
}

}  // namespace specsweep::quantize
