#include <cmath>

#include "quantize/block_quantizer.hpp"
#include "quantize/block_statistic.hpp"
#include "quantize/formats/all.hpp"
#include "quantize/scale_type.hpp"

namespace specsweep::quantize {

namespace {

constexpr std::int64_t ggml_block = 32;

/// d and m are made in fp32 and stored as fp16; codes use the unrounded 1/d, decoding the stored values (§5.7).
float half(float value)
{
    return with_sign_of(fp16_scale(magnitude_of(value)), value);
}

float truncated(float x)
{
    return static_cast<float>(static_cast<std::int32_t>(x));
}

struct GgmlScales {
    float inverse[blocks_at_once];
    float scale[blocks_at_once];
    float minimum[blocks_at_once];      ///< subtracted before coding
    float minimum_f16[blocks_at_once];  ///< added after decoding
};

/// Q8_0: d = amax/127, q = roundf(w/d), half away from zero.
struct Q8Zero {
    using Statistic = AbsoluteMaximum;
    using Scales = GgmlScales;

    void prepare(const AbsoluteMaximum* blocks, int count, Scales& scales) const
    {
        for (int i = 0; i < count; ++i) {
            const float d = blocks[i].value() / 127.0F;
            scales.inverse[i] = half(d) == 0 ? 0.0F : 1.0F / d;  // 1/d could overflow where the stored d is zero
            scales.scale[i] = half(d);
        }
    }

    auto element(const Scales& scales, int block) const
    {
        return [inverse = scales.inverse[block], scale = scales.scale[block]](float w) {
            const float x = w * inverse;
            const float a = magnitude_of(x);
            const float floor = truncated(a);
            const float code = with_sign_of(a - floor >= 0.5F ? floor + 1.0F : floor, x);
            return Element{code * scale, code, 0};
        };
    }

    void trace(const Scales& scales, int block, Trace& trace) const { trace.scales.push_back(scales.scale[block]); }
};

/// Q4_0 and Q5_0: d = max/−half with the signed value of the largest magnitude, q = min(2·half − 1, trunc(w/d + half +
/// 0.5)).
struct QZero {
    using Statistic = SignedMaximum;
    using Scales = GgmlScales;

    float half_range;  ///< 8 or 16

    void prepare(const SignedMaximum* blocks, int count, Scales& scales) const
    {
        for (int i = 0; i < count; ++i) {
            const float d = blocks[i].largest / -half_range;
            scales.inverse[i] = half(d) == 0 ? 0.0F : 1.0F / d;  // 1/d could overflow where the stored d is zero
            scales.scale[i] = half(d);
        }
    }

    auto element(const Scales& scales, int block) const
    {
        return [inverse = scales.inverse[block], scale = scales.scale[block], range = half_range](float w) {
            const float shifted = w * inverse + (range + 0.5F);
            const float code = smaller(truncated(shifted), 2 * range - 1);
            return Element{(code - range) * scale, code, beyond(w * inverse, range)};
        };
    }

    void trace(const Scales& scales, int block, Trace& trace) const { trace.scales.push_back(scales.scale[block]); }
};

/// Q4_1 and Q5_1: d = (max − min)/top, m = min, q = min(top, trunc((w − m)/d + 0.5)), ŵ = fl(fl(d·q) + m).
struct QOne {
    using Statistic = Range;
    using Scales = GgmlScales;

    float top;  ///< 15 or 31

    void prepare(const Range* blocks, int count, Scales& scales) const
    {
        for (int i = 0; i < count; ++i) {
            const float d = (blocks[i].high() - blocks[i].low()) / top;
            scales.inverse[i] = half(d) == 0 ? 0.0F : 1.0F / d;  // 1/d could overflow where the stored d is zero
            scales.scale[i] = half(d);
            scales.minimum[i] = blocks[i].low();
            scales.minimum_f16[i] = half(blocks[i].low());
        }
    }

    auto element(const Scales& scales, int block) const
    {
        return [inverse = scales.inverse[block], scale = scales.scale[block], minimum = scales.minimum[block],
                stored = scales.minimum_f16[block], top = top](float w) {
            const float shifted = (w - minimum) * inverse + 0.5F;
            const float code = smaller(truncated(shifted), top);
            return Element{scale * code + stored, code, 0};
        };
    }

    void trace(const Scales& scales, int block, Trace& trace) const
    {
        trace.scales.push_back(scales.scale[block]);
        trace.minima.push_back(scales.minimum_f16[block]);
    }
};

template <class Scheme>
Format ggml_format(const std::string& name, Scheme scheme, double element_bits, double block_bits)
{
    const BlockStorage storage{.block = {.kind = Block::Kind::run, .rows = 1, .cols = ggml_block},
                               .element_bits = element_bits,
                               .block_bits = block_bits,
                               .whole_blocks_of = ggml_block};
    return {
        .name = name,
        .summary = "llama.cpp's " + name + ": blocks of 32, fp16 scales",
        .source = "quantization.md §5.7; ggml-quants.c",
        .parameters = {},
        .make =
            [=](const Arguments& arguments) { return make_block_quantizer(arguments.canonical(), scheme, storage); },
    };
}

}  // namespace

std::vector<Format> ggml_simple_formats()
{
    std::vector<Format> formats;
    formats.push_back(ggml_format("q8_0", Q8Zero{}, 8, 16));
    formats.push_back(ggml_format("q4_0", QZero{8}, 4, 16));
    formats.push_back(ggml_format("q4_1", QOne{15}, 4, 32));
    formats.push_back(ggml_format("q5_0", QZero{16}, 5, 16));
    formats.push_back(ggml_format("q5_1", QOne{31}, 5, 32));
    return formats;
}

}  // namespace specsweep::quantize
