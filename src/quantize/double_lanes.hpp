#pragma once

#include <cstdint>
#include <cstring>

#include "quantize/vectorised.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace specsweep::quantize {

/// Lanes of binary64, as LaneTypes (lanes.hpp) has them of binary32, for the same reasons and with the same condition:
/// to be inlined into run_vectorised().
///
///   Double, Mask; count                    lanes
///   of(x), load(p), store(p, x), + − · /   each rounded
///   <                                      Mask, false for NaN; & of masks; select(mask, a, b); any(mask)
template <VectorLevel level>
struct DoubleLanes;

template <>
struct DoubleLanes<VectorLevel::portable> {
    static constexpr int count = 2;
    using Doubles [[gnu::vector_size(8 * count)]] = double;
    using Bits [[gnu::vector_size(8 * count)]] = std::int64_t;
    struct Mask {
        Bits bits;

        friend Mask operator&(Mask a, Mask b) { return {a.bits & b.bits}; }
    };
    struct Double {
        Doubles v;

        friend Double operator+(Double a, Double b) { return {a.v + b.v}; }
        friend Double operator-(Double a, Double b) { return {a.v - b.v}; }
        friend Double operator*(Double a, Double b) { return {a.v * b.v}; }
        friend Double operator/(Double a, Double b) { return {a.v / b.v}; }
        friend Mask operator<(Double a, Double b) { return {a.v < b.v}; }
    };

    static Double of(double x) { return {Doubles{x, x}}; }
    static Double load(const double* from)
    {
        Double to;
        std::memcpy(&to.v, from, sizeof to.v);
        return to;
    }
    static void store(double* to, Double x) { std::memcpy(to, &x.v, sizeof x.v); }
    static Double select(Mask mask, Double a, Double b) { return {mask.bits ? a.v : b.v}; }
    static bool any(Mask mask) { return (mask.bits[0] | mask.bits[1]) != 0; }
};

#if defined(__x86_64__)

template <>
struct DoubleLanes<VectorLevel::avx2> {
    static constexpr int count = 4;
    struct Mask {
        __m256d bits;

        __attribute__((target("avx2"))) friend Mask operator&(Mask a, Mask b)
        {
            return {_mm256_and_pd(a.bits, b.bits)};
        }
    };
    struct Double {
        __m256d v;

        __attribute__((target("avx2"))) friend Double operator+(Double a, Double b)
        {
            return {_mm256_add_pd(a.v, b.v)};
        }
        __attribute__((target("avx2"))) friend Double operator-(Double a, Double b)
        {
            return {_mm256_sub_pd(a.v, b.v)};
        }
        __attribute__((target("avx2"))) friend Double operator*(Double a, Double b)
        {
            return {_mm256_mul_pd(a.v, b.v)};
        }
        __attribute__((target("avx2"))) friend Double operator/(Double a, Double b)
        {
            return {_mm256_div_pd(a.v, b.v)};
        }
        __attribute__((target("avx2"))) friend Mask operator<(Double a, Double b)
        {
            return {_mm256_cmp_pd(a.v, b.v, _CMP_LT_OQ)};
        }
    };

    __attribute__((target("avx2"))) static Double of(double x) { return {_mm256_set1_pd(x)}; }
    __attribute__((target("avx2"))) static Double load(const double* from) { return {_mm256_loadu_pd(from)}; }
    __attribute__((target("avx2"))) static void store(double* to, Double x) { _mm256_storeu_pd(to, x.v); }
    __attribute__((target("avx2"))) static Double select(Mask mask, Double a, Double b)
    {
        return {_mm256_blendv_pd(b.v, a.v, mask.bits)};
    }
    __attribute__((target("avx2"))) static bool any(Mask mask) { return _mm256_movemask_pd(mask.bits) != 0; }
};

template <>
struct DoubleLanes<VectorLevel::avx512> {
    static constexpr int count = 8;
    struct Mask {
        __mmask8 bits;

        __attribute__((target("avx512f"))) friend Mask operator&(Mask a, Mask b)
        {
            return {static_cast<__mmask8>(a.bits & b.bits)};
        }
    };
    struct Double {
        __m512d v;

        __attribute__((target("avx512f"))) friend Double operator+(Double a, Double b)
        {
            return {_mm512_add_pd(a.v, b.v)};
        }
        __attribute__((target("avx512f"))) friend Double operator-(Double a, Double b)
        {
            return {_mm512_sub_pd(a.v, b.v)};
        }
        __attribute__((target("avx512f"))) friend Double operator*(Double a, Double b)
        {
            return {_mm512_mul_pd(a.v, b.v)};
        }
        __attribute__((target("avx512f"))) friend Double operator/(Double a, Double b)
        {
            return {_mm512_div_pd(a.v, b.v)};
        }
        __attribute__((target("avx512f"))) friend Mask operator<(Double a, Double b)
        {
            return {_mm512_cmp_pd_mask(a.v, b.v, _CMP_LT_OQ)};
        }
    };

    __attribute__((target("avx512f"))) static Double of(double x) { return {_mm512_set1_pd(x)}; }
    __attribute__((target("avx512f"))) static Double load(const double* from) { return {_mm512_loadu_pd(from)}; }
    __attribute__((target("avx512f"))) static void store(double* to, Double x) { _mm512_storeu_pd(to, x.v); }
    __attribute__((target("avx512f"))) static Double select(Mask mask, Double a, Double b)
    {
        return {_mm512_mask_blend_pd(mask.bits, b.v, a.v)};
    }
    __attribute__((target("avx512f"))) static bool any(Mask mask) { return mask.bits != 0; }
};

#endif

}  // namespace specsweep::quantize
