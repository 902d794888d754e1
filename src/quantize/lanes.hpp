#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

#include "quantize/float_bits.hpp"
#include "quantize/vectorised.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace specsweep::quantize {

/// One vector register of a level, for kernels that treat as many blocks (or candidates) side by side as it has lanes:
/// each lane goes through the operations of the scalar formula in their order, so the bits are the same for every
/// number of lanes. What takes or returns Float must be inlined into run_vectorised(), where the instructions are.
///
///   Float, Mask; count                     lanes
///   of(x), load(p), store(p, x), + − · /   binary32, each rounded
///   < > ==                                 Mask, false for NaN; & of masks; select(mask, a, b)
///   smaller(a, b), larger(a, b)            a < b ? a : b, a > b ? a : b
///   magnitude, square_root                 of each lane
///
/// The compilers' vector types would be simpler, but GCC 12 takes operations on them to pieces before it inlines them
/// to where registers are long enough.
template <VectorLevel level_>
struct LaneTypes;

template <>
struct LaneTypes<VectorLevel::portable> {
    static constexpr int count = 4;
    using Floats [[gnu::vector_size(4 * count)]] = float;
    using Bits [[gnu::vector_size(4 * count)]] = std::int32_t;
    struct Mask {
        Bits bits;

        friend Mask operator&(Mask a, Mask b) { return {a.bits & b.bits}; }
    };
    struct Float {
        Floats v;

        friend Float operator+(Float a, Float b) { return {a.v + b.v}; }
        friend Float operator-(Float a, Float b) { return {a.v - b.v}; }
        friend Float operator*(Float a, Float b) { return {a.v * b.v}; }
        friend Float operator/(Float a, Float b) { return {a.v / b.v}; }
        friend Mask operator<(Float a, Float b) { return {a.v < b.v}; }
        friend Mask operator>(Float a, Float b) { return {a.v > b.v}; }
        friend Mask operator==(Float a, Float b) { return {a.v == b.v}; }
    };

    static Float of(float x) { return {Floats{x, x, x, x}}; }
    static Float load(const float* from)
    {
        Float to;
        std::memcpy(&to.v, from, sizeof to.v);
        return to;
    }
    static void store(float* to, Float x) { std::memcpy(to, &x.v, sizeof x.v); }
    static Float select(Mask mask, Float a, Float b) { return {mask.bits ? a.v : b.v}; }
    static Float smaller(Float a, Float b) { return select(a < b, a, b); }
    static Float larger(Float a, Float b) { return select(a > b, a, b); }
    static Float magnitude(Float x) { return {reinterpret_cast<Floats>(reinterpret_cast<Bits>(x.v) & INT32_MAX)}; }
    static Float square_root(Float x)
    {
        for (int lane = 0; lane < count; ++lane)
            x.v[lane] = std::sqrt(x.v[lane]);
        return x;
    }
};

#if defined(__x86_64__)

template <>
struct LaneTypes<VectorLevel::avx2> {
    static constexpr int count = 8;
    struct Mask {
        __m256 bits;

        __attribute__((target("avx2"))) friend Mask operator&(Mask a, Mask b)
        {
            return {_mm256_and_ps(a.bits, b.bits)};
        }
    };
    struct Float {
        __m256 v;

        __attribute__((target("avx2"))) friend Float operator+(Float a, Float b) { return {_mm256_add_ps(a.v, b.v)}; }
        __attribute__((target("avx2"))) friend Float operator-(Float a, Float b) { return {_mm256_sub_ps(a.v, b.v)}; }
        __attribute__((target("avx2"))) friend Float operator*(Float a, Float b) { return {_mm256_mul_ps(a.v, b.v)}; }
        __attribute__((target("avx2"))) friend Float operator/(Float a, Float b) { return {_mm256_div_ps(a.v, b.v)}; }
        __attribute__((target("avx2"))) friend Mask operator<(Float a, Float b)
        {
            return {_mm256_cmp_ps(a.v, b.v, _CMP_LT_OQ)};
        }
        __attribute__((target("avx2"))) friend Mask operator>(Float a, Float b)
        {
            return {_mm256_cmp_ps(a.v, b.v, _CMP_GT_OQ)};
        }
        __attribute__((target("avx2"))) friend Mask operator==(Float a, Float b)
        {
            return {_mm256_cmp_ps(a.v, b.v, _CMP_EQ_OQ)};
        }
    };

    __attribute__((target("avx2"))) static Float of(float x) { return {_mm256_set1_ps(x)}; }
    __attribute__((target("avx2"))) static Float load(const float* from) { return {_mm256_loadu_ps(from)}; }
    __attribute__((target("avx2"))) static void store(float* to, Float x) { _mm256_storeu_ps(to, x.v); }
    __attribute__((target("avx2"))) static Float select(Mask mask, Float a, Float b)
    {
        return {_mm256_blendv_ps(b.v, a.v, mask.bits)};
    }
    __attribute__((target("avx2"))) static Float smaller(Float a, Float b) { return {_mm256_min_ps(a.v, b.v)}; }
    __attribute__((target("avx2"))) static Float larger(Float a, Float b) { return {_mm256_max_ps(a.v, b.v)}; }
    __attribute__((target("avx2"))) static Float magnitude(Float x)
    {
        return {_mm256_and_ps(x.v, _mm256_castsi256_ps(_mm256_set1_epi32(INT32_MAX)))};
    }
    __attribute__((target("avx2"))) static Float square_root(Float x) { return {_mm256_sqrt_ps(x.v)}; }
};

template <>
struct LaneTypes<VectorLevel::avx512> {
    static constexpr int count = 16;
    static constexpr __mmask16 all = 0xFFFF;  // GCC 12 warns of the forms without a mask (its bug 105593)
    struct Mask {
        __mmask16 bits;

        __attribute__((target("avx512f"))) friend Mask operator&(Mask a, Mask b)
        {
            return {static_cast<__mmask16>(a.bits & b.bits)};
        }
    };
    struct Float {
        __m512 v;

        __attribute__((target("avx512f"))) friend Float operator+(Float a, Float b)
        {
            return {_mm512_add_ps(a.v, b.v)};
        }
        __attribute__((target("avx512f"))) friend Float operator-(Float a, Float b)
        {
            return {_mm512_sub_ps(a.v, b.v)};
        }
        __attribute__((target("avx512f"))) friend Float operator*(Float a, Float b)
        {
            return {_mm512_mul_ps(a.v, b.v)};
        }
        __attribute__((target("avx512f"))) friend Float operator/(Float a, Float b)
        {
            return {_mm512_div_ps(a.v, b.v)};
        }
        __attribute__((target("avx512f"))) friend Mask operator<(Float a, Float b)
        {
            return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_LT_OQ)};
        }
        __attribute__((target("avx512f"))) friend Mask operator>(Float a, Float b)
        {
            return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_GT_OQ)};
        }
        __attribute__((target("avx512f"))) friend Mask operator==(Float a, Float b)
        {
            return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_EQ_OQ)};
        }
    };

    __attribute__((target("avx512f"))) static Float of(float x) { return {_mm512_set1_ps(x)}; }
    __attribute__((target("avx512f"))) static Float load(const float* from) { return {_mm512_loadu_ps(from)}; }
    __attribute__((target("avx512f"))) static void store(float* to, Float x) { _mm512_storeu_ps(to, x.v); }
    __attribute__((target("avx512f"))) static Float select(Mask mask, Float a, Float b)
    {
        return {_mm512_mask_blend_ps(mask.bits, b.v, a.v)};
    }
    __attribute__((target("avx512f"))) static Float smaller(Float a, Float b)
    {
        return {_mm512_maskz_min_ps(all, a.v, b.v)};
    }
    __attribute__((target("avx512f"))) static Float larger(Float a, Float b)
    {
        return {_mm512_maskz_max_ps(all, a.v, b.v)};
    }
    __attribute__((target("avx512f"))) static Float magnitude(Float x)
    {
        return {_mm512_castsi512_ps(_mm512_and_si512(_mm512_castps_si512(x.v), _mm512_set1_epi32(INT32_MAX)))};
    }
    __attribute__((target("avx512f"))) static Float square_root(Float x) { return {_mm512_maskz_sqrt_ps(all, x.v)}; }
};

#endif

template <VectorLevel level_>
struct Lanes : LaneTypes<level_> {
    static constexpr VectorLevel level = level_;
    using Types = LaneTypes<level>;
    using typename Types::Float;
    using Types::count;

    static Float zero() { return Types::of(0); }
    static Float clamped(Float x, float low, float high)
    {
        return Types::smaller(Types::of(high), Types::larger(Types::of(low), x));
    }
    /// Nearest integer, ties to even, for |x| ≤ 2²².
    static Float round_small(Float x) { return (x + Types::of(0x1.8p23F)) - Types::of(0x1.8p23F); }

    /// In any order.
    static float sum(Float x)
    {
        float lanes[count];
        Types::store(lanes, x);
        for (int half = count / 2; half > 0; half /= 2)
            for (int lane = 0; lane < half; ++lane)
                lanes[lane] += lanes[lane + half];
        return lanes[0];
    }

    /// function(x) of every lane, one after another.
    template <class Function>
    static Float each(Float x, Function function)
    {
        float lanes[count];
        Types::store(lanes, x);
        for (float& lane : lanes)
            lane = function(lane);
        return Types::load(lanes);
    }

    /// Rows of `length` weights, one behind the other: columns[i] has the i-th weight of each of `count` rows.
    template <int length>
    static void load_columns(const float* rows, Float* columns)
    {
        float turned[length * count];
        for (int lane = 0; lane < count; ++lane)
            for (int i = 0; i < length; ++i)
                turned[i * count + lane] = rows[lane * length + i];
        for (int i = 0; i < length; ++i)
            columns[i] = Types::load(turned + i * count);
    }

    template <int length>
    static void store_columns(const Float* columns, float* rows)
    {
        float turned[length * count];
        for (int i = 0; i < length; ++i)
            Types::store(turned + i * count, columns[i]);
        for (int lane = 0; lane < count; ++lane)
            for (int i = 0; i < length; ++i)
                rows[lane * length + i] = turned[i * count + lane];
    }
};

}  // namespace specsweep::quantize
