#include <cmath>

#include "quantize/block_quantizer.hpp"
#include "quantize/formats/all.hpp"
#include "quantize/formats/minifloat_levels.hpp"
#include "quantize/formats/scaled_minifloat.hpp"

namespace specsweep::quantize {

namespace {

const Minifloat& element_of(const Arguments& arguments)
{
    return arguments.is("element", "e4m3") ? e4m3 : e5m2;
}

std::unique_ptr<const Quantizer> make(const Arguments& arguments)
{
    const MinifloatGrid grid(element_of(arguments));
    const BlockStorage storage{.block = arguments.block("block"), .element_bits = 8, .block_bits = 32};
    if (arguments.is("rule", "te"))
        return make_block_quantizer(arguments.canonical(), ScaledMinifloat<FloatScale::encode>{grid}, storage);
    if (arguments.is("rule", "pow2"))
        return make_block_quantizer(arguments.canonical(), ScaledMinifloat<FloatScale::power_of_two>{grid}, storage);
    return make_block_quantizer(arguments.canonical(), ScaledMinifloat<FloatScale::divide>{grid}, storage);
}

}  // namespace

Format fp8_format()
{
    return {
        .name = "fp8",
        .summary = "E4M3 or E5M2 elements, one fp32 scale a matrix, row or tile",
        .source = "quantization.md §4; torch, torchao, compressed-tensors, DeepSeek-V3, TransformerEngine",
        .parameters = {choice("element", {"e4m3", "e5m2"}),
                       block("tensor", RunStyle::length, {"tensor", "channel", "128x128"}, "N | RxC",
                             [](const Block&) { return true; }),
                       choice("rule", {"fp32", "pow2", "te"})},
        .make = make,
        .levels = [](const Arguments& arguments) { return minifloat_levels(element_of(arguments)); },
    };
}

Format fp_format()
{
    // No codes are kept for infinity and NaN.
    const auto element_of = [](const Arguments& arguments) {
        const int e = arguments.integer("e");
        const int m = arguments.integer("m");
        const int bias = (1 << (e - 1)) - 1;
        return Minifloat{e, m, bias, std::ldexp(2.0 - std::ldexp(1.0, -m), (1 << e) - 1 - bias)};
    };
    return {
        .name = "fp",
        .summary = "a small float of your own: e exponent bits, m mantissa bits, no infinities; one fp32 scale a block",
        .source = "quantization.md §0.2",
        .parameters = {integer("e", std::nullopt, 1, 6), integer("m", std::nullopt, 0, 10),
                       block("tensor", RunStyle::length, "tensor | channel | N | RxC",
                             [](const Block&) { return true; })},
        .make = [element_of](const Arguments& arguments) -> std::unique_ptr<const Quantizer> {
            const Minifloat element = element_of(arguments);
            return make_block_quantizer(arguments.canonical(),
                                        ScaledMinifloat<FloatScale::divide>{MinifloatGrid(element)},
                                        {.block = arguments.block("block"),
                                         .element_bits = 1.0 + element.exponent_bits + element.mantissa_bits,
                                         .block_bits = 32});
        },
        .levels = [element_of](const Arguments& arguments) { return minifloat_levels(element_of(arguments)); },
    };
}

}  // namespace specsweep::quantize
