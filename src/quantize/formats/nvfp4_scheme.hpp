#pragma once

#include <cstdint>
#include <type_traits>

#include "quantize/block_loop.hpp"
#include "quantize/block_statistic.hpp"
#include "quantize/formats/nvfp4_scales.hpp"
#include "quantize/formats/rounding_mode.hpp"
#include "quantize/formats/scaling.hpp"
#include "quantize/philox.hpp"
#include "quantize/rounding.hpp"

namespace specsweep::quantize {

/// E2M1 elements under the scales of Nvfp4Scales (quantization.md §2):
///
///   code = E2M1(fl(w·e)) or E2M1(fl(w/e))
///   ŵ = double(code)·double(s8)·double(A)/2688, rounded once to fp32 (canonical decode, for every variant)
///
/// A block whose s8 is zero decodes to zeros. Levels are a power of two times 1 or 1.5, so ŵ needs two divisions a
/// block and one exact product an element; only where that product may be subnormal (`precise`) it is rounded from
/// binary64.
template <Scaling scaling, bool precise, RoundingMode mode>
struct Nvfp4 {
    using Statistic = AbsoluteMaximum;
    using Decoder = std::conditional_t<precise, double, float>;

    struct Scales {
        float to_codes[blocks_at_once];  ///< factor or divisor of w
        float s8[blocks_at_once];
        Decoder one[blocks_at_once];             ///< decoded 1
        Decoder one_and_a_half[blocks_at_once];  ///< decoded 1.5
    };

    Nvfp4Scales scales_of;
    std::uint64_t seed = 0;  ///< of stochastic rounding

    void prepare(const AbsoluteMaximum* blocks, int count, Scales& scales) const
    {
        scales_of.prepare(blocks, count, scales.s8, scales.to_codes);
        const double amax = scales_of.tensor_maximum;
        for (int i = 0; i < count; ++i) {
            const double s8 = scales.s8[i];
            scales.one[i] = static_cast<Decoder>(s8 * amax / 2688.0);
            scales.one_and_a_half[i] = static_cast<Decoder>(1.5 * s8 * amax / 2688.0);
        }
    }

    auto element(const Scales& scales, int block) const
    {
        const float to_codes = scales.to_codes[block];
        const auto decoded = [one = scales.one[block], one_and_a_half = scales.one_and_a_half[block]](
                                 float w, float a, float q) {
            constexpr std::int32_t half_bit = 0x400000;  // the one mantissa bit of E2M1
            const float power = float_of(bits_of(q) & ~half_bit);
            const Decoder unit = (bits_of(q) & half_bit) != 0 ? one_and_a_half : one;
            const auto magnitude = static_cast<float>(static_cast<Decoder>(power) * unit);
            return Element{with_sign_of(magnitude, w), with_sign_of(q, w), beyond(a, 6.0F)};
        };
        const auto scaled = [to_codes](float w) {
            return magnitude_of(scaling == Scaling::divide ? w / to_codes : w * to_codes);
        };
        if constexpr (mode == RoundingMode::stochastic)
            return [=, seed = seed](float w, std::uint64_t index) {
                constexpr MinifloatGrid grid(e2m1);
                const float a = scaled(w);
                const double u = uniform_of_element(seed, index);
                const float q = round_stochastically(grid.saturate(a), u, 0, grid.mantissa_bits);
                return decoded(w, a, grid.saturate(q));
            };
        else
            return [=](float w) {
                constexpr MinifloatGrid grid(e2m1);
                const float a = scaled(w);
                return decoded(w, a, round_magnitude<mode>(grid, grid.saturate(a)));
            };
    }

    void trace(const Scales& scales, int block, Trace& trace) const { trace.scales.push_back(scales.s8[block]); }
};

}  // namespace specsweep::quantize
