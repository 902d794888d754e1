#include <limits>

#include "quantize/block_quantizer.hpp"
#include "quantize/block_statistic.hpp"
#include "quantize/formats/all.hpp"
#include "quantize/rounding.hpp"

namespace specsweep::quantize {

namespace {

/// The sources' quantizer (quantization.md §1.1): Δ = fl((max − min)/2^b), Q(w) = fl(RNE(fl(w/Δ))·Δ).
///
/// No zero point and no clamp: levels are all multiples of Δ, up to 2^b + 1 of them are met. Δ = 0 (a constant block,
/// or one whose range underflows): Q(w) = w.
struct Uniform {
    using Statistic = Range;
    static constexpr bool fast_widths = true;

    struct Scales {
        float delta[blocks_at_once];
    };

    float steps;  ///< 2^b

    void prepare(const Range* blocks, int count, Scales& scales) const
    {
        for (int i = 0; i < count; ++i)
            scales.delta[i] = smaller(blocks[i].high() - blocks[i].low(), std::numeric_limits<float>::max()) / steps;
    }

    auto element(const Scales& scales, int block) const
    {
        return [delta = scales.delta[block]](float w) {
            const float code = round_any(w / (delta == 0 ? 1.0F : delta));
            return Element{delta == 0 ? w : code * delta, code, 0};
        };
    }

    void trace(const Scales& scales, int block, Trace& trace) const { trace.scales.push_back(scales.delta[block]); }
};

}  // namespace

Format uniform_format()
{
    return {
        .name = "uniform",
        .summary = "Q_b of the sources: multiples of (max − min)/2^b, not clamped, not storable in b bits",
        .source = "quantization.md §1.1",
        .parameters = {integer("bits", 4, 1, 8),
                       block("tensor", RunStyle::length, "tensor | channel | N | RxC, of 8 weights at least",
                             [](const Block& block) {
                                 return block.kind == Block::Kind::tensor || block.kind == Block::Kind::channel ||
                                        block.rows * block.cols >= 8;
                             })},
        .make = [](const Arguments& arguments) -> std::unique_ptr<const Quantizer> {
            const int bits = arguments.integer("bits");
            return make_block_quantizer(
                arguments.canonical(), Uniform{static_cast<float>(1 << bits)},
                {.block = arguments.block("block"), .element_bits = 1.0 * bits, .block_bits = 32});
        },
    };
}

}  // namespace specsweep::quantize
