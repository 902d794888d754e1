#pragma once

#include <array>
#include <bit>
#include <cmath>
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

/// All that a block of NVFP4 needs, as a function of its E4M3 scale: 143 values and zero, so a table of them saves the
/// divisions. ŵ = double(code)·double(s8)·double(A)/2688, rounded once to fp32 (canonical decode, for every variant).
template <class Decoder>
struct Nvfp4Table {
    struct Entry {
        float to_codes;          ///< factor or divisor of w
        Decoder one;             ///< decoded 1
        Decoder one_and_a_half;  ///< decoded 1.5
        float rest;              ///< s8·A/2688 − one
        float s8;
    };
    static constexpr std::int32_t shift = 20;                              ///< an E4M3 value has three mantissa bits
    static constexpr std::int32_t base = ((127 - 9) << (23 - shift)) - 1;  ///< of 2⁻⁹, which is number 1

    std::array<Entry, 144> entries;
    bool fusable;  ///< fused_product() decodes right

    /// Below A = 2⁻⁶⁰ some `rest` are subnormal.
    explicit Nvfp4Table(const Nvfp4Scales& scales) : fusable(scales.tensor_maximum >= 0x1p-60F)
    {
        for (std::int32_t number = 0; number < static_cast<std::int32_t>(entries.size()); ++number) {
            const float s8 = number == 0 ? 0.0F : float_of((number + base) << shift);
            const double exact = static_cast<double>(s8) * scales.tensor_maximum;
            Entry& entry = entries[static_cast<std::size_t>(number)];
            entry = {.to_codes = scales.element_scale(s8),
                     .one = static_cast<Decoder>(exact / 2688.0),
                     .one_and_a_half = static_cast<Decoder>(1.5 * exact / 2688.0),
                     .rest = 0,
                     .s8 = s8};
            if constexpr (std::is_same_v<Decoder, float>) {
                entry.rest = static_cast<float>(exact / 2688.0 - entry.one);
                fusable = fusable && decides_middles(entry, 1.5 * exact / 2688.0);
            }
        }
    }

    /// fl(q·s8·A/2688) by two terms of the last factor, one + rest, which is right but for 2⁻⁴⁷ of it.
    /// @pre instructions for fused multiply-add: without them this is a slow call of the C library.
    static float fused_product(float q, float one, float rest) { return std::fma(q, one, q * rest); }

    /// Products lie away from the middle of two floats, as their denominator is 21, or exactly there: true unless the
    /// fused product is on the wrong side then. (Those with a power of two are one itself.)
    static bool decides_middles(const Entry& entry, double one_and_a_half)
    {
        constexpr std::uint64_t below_float = 0x1FFFFFFF;
        const bool in_the_middle = (std::bit_cast<std::uint64_t>(one_and_a_half) & below_float) == below_float / 2 + 1;
        return !in_the_middle || fused_product(1.5F, entry.one, entry.rest) == entry.one_and_a_half;
    }

    static std::int32_t number_of(float s8)
    {
        const std::int32_t number = (bits_of(s8) >> shift) - base;
        return number < 0 ? 0 : number;
    }
};

/// E2M1 elements under the scales of Nvfp4Scales (quantization.md §2):
///
///   code = E2M1(fl(w·e)) or E2M1(fl(w/e))
///
/// A block whose s8 is zero decodes to zeros. Levels are a power of two times 1 or 1.5, so ŵ is one exact product an
/// element (a zero that may be −0); only where that product may be subnormal (`precise`) it is rounded from binary64.
template <Scaling scaling, bool precise, RoundingMode mode>
struct Nvfp4 {
    using Statistic = AbsoluteMaximum;
    using Decoder = std::conditional_t<precise, double, float>;
    using Table = Nvfp4Table<Decoder>;
    static constexpr bool fast_widths = mode == RoundingMode::even && !precise;

    struct Scales {
        std::int32_t number[blocks_at_once];  ///< in the table
        bool may_fuse;                        ///< no block has a scale of zero, which would decode to −0 too
    };

    Nvfp4Scales scales_of;
    const Table* table;
    std::uint64_t seed = 0;  ///< of stochastic rounding

    void prepare(const AbsoluteMaximum* blocks, int count, Scales& scales) const
    {
        float s8[blocks_at_once] = {};
        scales_of.prepare(blocks, count, s8);
        std::int32_t zeros = 0;
        for (int i = 0; i < count; ++i) {
            scales.number[i] = Table::number_of(s8[i]);
            zeros |= scales.number[i] == 0 ? 1 : 0;
        }
        scales.may_fuse = table->fusable && zeros == 0;
    }

    const typename Table::Entry& entry(const Scales& scales, int block) const
    {
        return table->entries[static_cast<std::size_t>(scales.number[block])];
    }

    auto element(const Scales& scales, int block) const
    {
        const typename Table::Entry& scale = entry(scales, block);
        return coded(scale.to_codes, [one = scale.one, one_and_a_half = scale.one_and_a_half](float q) {
            constexpr std::int32_t half_bit = 0x400000;  // the one mantissa bit of E2M1
            const float power = float_of(bits_of(q) & ~half_bit);
            const Decoder unit = (bits_of(q) & half_bit) != 0 ? one_and_a_half : one;
            return static_cast<float>(static_cast<Decoder>(power) * unit);
        });
    }

    auto fused_element(const Scales& scales, int block) const requires(fast_widths)
    {
        const typename Table::Entry& scale = entry(scales, block);
        return coded(scale.to_codes,
                     [one = scale.one, rest = scale.rest](float q) { return Table::fused_product(q, one, rest); });
    }

    /// @param decoded q → ŵ
    template <class DecodedOf>
    auto coded(float to_codes, DecodedOf decoded_of) const
    {
        const auto decoded = [decoded_of](float w, float x, float q) {
            return Element{decoded_of(q), with_sign_of(magnitude_of(q), w), beyond(x, 6.0F)};
        };
        const auto scaled = [to_codes](float w) { return scaling == Scaling::divide ? w / to_codes : w * to_codes; };
        if constexpr (mode == RoundingMode::even)
            return [=](float w) {
                constexpr MinifloatGrid grid(e2m1);
                const float x = scaled(w);
                return decoded(w, x, grid.round(grid.saturate_signed(x)));
            };
        else if constexpr (mode == RoundingMode::stochastic)
            return Randomised{seed, [=](float w, std::uint32_t random) {
                                  constexpr MinifloatGrid grid(e2m1);
                                  const float x = scaled(w);
                                  const float a = grid.saturate(magnitude_of(x));
                                  const float q = grid.saturate(
                                      round_stochastically(a, random, grid.smallest_binade, grid.mantissa_bits));
                                  return decoded(w, x, with_sign_of(q, w) + 0.0F);
                              }};
        else
            return [=](float w) {
                constexpr MinifloatGrid grid(e2m1);
                const float x = scaled(w);
                const float q = round_magnitude<mode>(grid, grid.saturate(magnitude_of(x)));
                return decoded(w, x, with_sign_of(q, w) + 0.0F);
            };
    }

    void trace(const Scales& scales, int block, Trace& trace) const { trace.scales.push_back(entry(scales, block).s8); }
};

}  // namespace specsweep::quantize
