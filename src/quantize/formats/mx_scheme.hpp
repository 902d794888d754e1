#pragma once

#include <cstdint>
#include <limits>

#include "quantize/block_loop.hpp"
#include "quantize/block_statistic.hpp"
#include "quantize/formats/rounding_mode.hpp"
#include "quantize/philox.hpp"

namespace specsweep::quantize {

/// How the shared exponent k follows from a = max|w| (quantization.md §3.2); emax = ⌊log2 MAXF⌋.
enum class MxRule {
    floor,  ///< OCP: ⌊log2 a⌋ − emax
    rceil,  ///< ⌈log2 fl(a·fl(1/MAXF))⌉: TransformerEngine, cuDNN, torchao
    ceil,   ///< ⌈log2 a⌉ − emax
    even,   ///< ⌊log2 a'⌋ − emax, a' = a with its mantissa rounded to the element's bits, half up
    div,    ///< ⌈log2 fl(a/MAXF)⌉: ModelOpt, four-over-six
};

/// k of blocks, clamped to [−127, 127]; −127 for the zero block.
struct MxExponent {
    MxRule rule;
    std::int32_t emax;
    std::int32_t even_offset;  ///< half a unit of the mantissa that `even` rounds to
    float max;                 ///< MAXF

    void of(const AbsoluteMaximum* blocks, int count, std::int32_t* k) const
    {
        const auto each = [&](auto exponent) {
            for (int i = 0; i < count; ++i) {
                const std::int32_t unclamped = exponent(blocks[i].value());
                const std::int32_t at_least = unclamped < -127 ? -127 : unclamped;
                k[i] = at_least > 127 ? 127 : at_least;
            }
        };
        switch (rule) {
            case MxRule::floor:
                return each([bias = 127 + emax](float a) { return (bits_of(a) >> 23) - bias; });
            case MxRule::even:
                return each(
                    [bias = 127 + emax, up = even_offset](float a) { return ((bits_of(a) + up) >> 23) - bias; });
            case MxRule::ceil:
                return each([emax = emax](float a) { return ceil_exponent(a) - emax; });
            case MxRule::rceil:
                return each([inverse = 1.0F / max](float a) { return ceil_exponent(a * inverse); });
            case MxRule::div:
                return each([max = max](float a) { return ceil_exponent(a / max); });
        }
    }

    /// ⌈log2 x⌉, at least −127.
    static std::int32_t ceil_exponent(float x)
    {
        const std::int32_t field = bits_of(x) >> 23;
        const std::int32_t mantissa = bits_of(x) & 0x7FFFFF;
        const std::int32_t up = mantissa > (field == 0 ? 0x400000 : 0) ? 1 : 0;
        return field + up - 127;
    }
};

/// 2^k for −127 ≤ k ≤ 127; the lowest is a subnormal.
inline float power_of_two(std::int32_t k)
{
    return float_of(k == -127 ? 0x400000 : (k + 127) << 23);
}

/// OCP MX: p = cast(w·2^−k), ŵ = p·2^k, both exact but for the cast. MXINT8 (Q1.6, ±127/64) is the grid of step 2⁻⁶
/// below 2.
template <RoundingMode mode>
struct Mx {
    using Statistic = AbsoluteMaximum;

    struct Scales {
        float scale[blocks_at_once];
        float inverse[blocks_at_once];
    };

    static constexpr bool never_negative_zero = true;
    static constexpr bool fast_widths = mode == RoundingMode::even;

    MinifloatGrid grid;
    MxExponent exponent;
    std::uint64_t seed = 0;
    bool* overflows = nullptr;  ///< set where p·2^k may be infinite: the caller saturates it afterwards

    void prepare(const AbsoluteMaximum* blocks, int count, Scales& scales) const
    {
        std::int32_t greatest = 0;
        for (int i = 0; i < count; ++i)
            greatest = greatest > blocks[i].bits ? greatest : blocks[i].bits;
        *overflows = *overflows || float_of(greatest) >= 0x1p127F;
        std::int32_t k[blocks_at_once];
        exponent.of(blocks, count, k);
        for (int i = 0; i < count; ++i) {
            scales.scale[i] = power_of_two(k[i]);
            scales.inverse[i] = power_of_two(-k[i]);
        }
    }

    auto element(const Scales& scales, int block) const
    {
        const auto decoded = [scale = scales.scale[block], grid = grid](float w, float x, float p) {
            return Element{p * scale, with_sign_of(magnitude_of(p), w), beyond(x, grid.max)};
        };
        const float inverse = scales.inverse[block];
        if constexpr (mode == RoundingMode::even)
            return [=, grid = grid](float w) {
                const float x = w * inverse;
                return decoded(w, x, grid.round(grid.saturate_signed(x)));
            };
        else if constexpr (mode == RoundingMode::stochastic)
            return Randomised{seed, [=, grid = grid](float w, std::uint32_t random) {
                                  const float x = w * inverse;
                                  const float a = grid.saturate(magnitude_of(x));
                                  const float p = grid.saturate(
                                      round_stochastically(a, random, grid.smallest_binade, grid.mantissa_bits));
                                  return decoded(w, x, with_sign_of(p, w) + 0.0F);
                              }};
        else
            return [=, grid = grid](float w) {
                const float x = w * inverse;
                const float p = round_magnitude<mode>(grid, grid.saturate(magnitude_of(x)));
                return decoded(w, x, with_sign_of(p, w) + 0.0F);
            };
    }

    void trace(const Scales& scales, int block, Trace& trace) const { trace.scales.push_back(scales.scale[block]); }
};

}  // namespace specsweep::quantize
