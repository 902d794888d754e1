#include "quantize/block_quantizer.hpp"
#include "quantize/formats/all.hpp"
#include "quantize/formats/magnitude_levels.hpp"

namespace specsweep::quantize {

namespace {

Parameter any_block()
{
    return block("channel", RunStyle::length, "tensor | channel | N | RxC, of 8 weights at least",
                 [](const Block& block) {
                     return block.kind == Block::Kind::tensor || block.kind == Block::Kind::channel ||
                            block.rows * block.cols >= 8;
                 });
}

template <class Statistic>
std::unique_ptr<const Quantizer> made(const Arguments& arguments, const MagnitudeLevels& table)
{
    const BlockStorage storage{
        .block = arguments.block("block"), .element_bits = 1.0 * arguments.integer("bits"), .block_bits = 32};
    const float outermost = table.levels.back();
    if (table.levels.size() <= 8)
        return make_block_quantizer(arguments.canonical(),
                                    MagnitudeScheme<Statistic, ChainLookup<8>>{ChainLookup<8>(table), outermost},
                                    storage);
    return make_block_quantizer(arguments.canonical(),
                                MagnitudeScheme<Statistic, BucketLookup>{BucketLookup(table), outermost}, storage);
}

template <class Statistic>
Format magnitude_format(std::string name, std::string summary, std::string source, int lowest_bits, int highest_bits,
                        MagnitudeLevels (*levels)(int))
{
    return {
        .name = std::move(name),
        .summary = std::move(summary),
        .source = std::move(source),
        .parameters = {integer("bits", 4, lowest_bits, highest_bits), any_block()},
        .make =
            [levels](const Arguments& arguments) {
                return made<Statistic>(arguments, levels(arguments.integer("bits")));
            },
        .levels = [levels](const Arguments& arguments) { return levels(arguments.integer("bits")).signed_levels(); },
    };
}

/// What is added to the bits of v so that their exponent becomes that of the nearest power of two. In value:
/// significands above 3/2 go up, 3/2 itself goes down. In the logarithm, k = RNE(−log2 v): significands above √2 go up;
/// √2 lies between the floats 1.3504F3₁₆ and 1.3504F4₁₆ (significand bits; 11863283² < 2⁴⁷ < 11863284²), so that there
/// are no ties.
enum class NearestPower : std::int32_t { in_value = 0x3FFFFF, in_logarithm = 0x800000 - 0x3504F4 };

/// Powers of two: levels 0 and ±a·2^−k, k = 0 … 2^(b−1) − 2 (quantization.md §5.3), the nearest as said above; at most
/// half of the smallest level goes to 0 (which has no logarithm), all between that and the smallest level goes up.
struct Log2 {
    using Statistic = AbsoluteMaximum;

    struct Scales {
        float scale[blocks_at_once];
    };

    float smallest;  ///< 2^−(2^(b−1)−2)
    NearestPower rule;

    void prepare(const AbsoluteMaximum* blocks, int count, Scales& scales) const
    {
        for (int i = 0; i < count; ++i)
            scales.scale[i] = blocks[i].value();
    }

    auto element(const Scales& scales, int block) const
    {
        return [scale = scales.scale[block], smallest = smallest, offset = static_cast<std::int32_t>(rule)](float w) {
            const float v = magnitude_of(w / (scale == 0 ? 1.0F : scale));
            const float nearest = float_of((bits_of(v) + offset) & 0x7F800000);
            const float level = v > smallest * 0.5F ? larger(nearest, smallest) : 0.0F;
            return Element{with_sign_of(level * scale, w), with_sign_of(level, w), 0};
        };
    }

    void trace(const Scales& scales, int block, Trace& trace) const { trace.scales.push_back(scales.scale[block]); }
};

float smallest_power(int bits)
{
    return std::ldexp(1.0F, 2 - (1 << (bits - 1)));
}

Format log2_format()
{
    return {
        .name = "log2",
        .summary = "zero and powers of two below absmax, nearest in value or in the logarithm",
        .source = "quantization.md §5.3",
        .parameters = {integer("bits", 4, 2, 8), any_block(), choice("rounding", {"linear", "log"})},
        .make = [](const Arguments& arguments) -> std::unique_ptr<const Quantizer> {
            const int bits = arguments.integer("bits");
            const auto rule = arguments.is("rounding", "log") ? NearestPower::in_logarithm : NearestPower::in_value;
            return make_block_quantizer(
                arguments.canonical(), Log2{smallest_power(bits), rule},
                {.block = arguments.block("block"), .element_bits = 1.0 * bits, .block_bits = 32});
        },
        .levels =
            [](const Arguments& arguments) {
                MagnitudeLevels table{{0}, {}};
                for (float level = smallest_power(arguments.integer("bits")); level <= 1; level *= 2)
                    table.levels.push_back(level);
                return table.signed_levels();
            },
    };
}

}  // namespace

std::vector<Format> magnitude_formats()
{
    std::vector<Format> formats;
    formats.push_back(log2_format());
    formats.push_back(magnitude_format<AbsoluteMaximum>("apot", "additive powers of two, absmax scaled",
                                                        "quantization.md §5.4; arXiv 1909.13144", 3, 7, apot_levels));
    formats.push_back(magnitude_format<SquareSum>("lloyd", "Lloyd–Max levels of the normal distribution, RMS scaled",
                                                  "quantization.md §5.5; Lloyd 1957, Max 1960", 1, 8, lloyd_levels));
    formats.push_back(magnitude_format<AbsoluteMaximum>("mulaw", "µ-law companding with µ = 255, absmax scaled",
                                                        "quantization.md §5.6; ITU-T G.711", 2, 8, mulaw_levels));
    return formats;
}

}  // namespace specsweep::quantize
