#pragma once

#if defined(__x86_64__)
#include <immintrin.h>

namespace specsweep::quantize {

/// Minima or maxima of sixteen neighbouring blocks at once, as AVX-512 folds them: two vectors become one with half of
/// the lanes each, by one selection, one shuffle and one operation, where compilers shuffle twice. Exact in any order.
/// GCC 12 warns of the forms without a mask (its bug 105593).
struct WideMinimum {
    __attribute__((target("avx512f"))) __m512 operator()(__m512 a, __m512 b) const
    {
        return _mm512_maskz_min_ps(0xFFFF, a, b);
    }
};
struct WideMaximum {
    __attribute__((target("avx512f"))) __m512 operator()(__m512 a, __m512 b) const
    {
        return _mm512_maskz_max_ps(0xFFFF, a, b);
    }
};

/// Quarters of a: of block a, a, b, b.
template <class Pick>
__attribute__((target("avx512f"))) inline __m512 fold_halves(__m512 a, __m512 b, Pick pick)
{
    return pick(_mm512_mask_blend_ps(0xFF00, a, b), _mm512_maskz_shuffle_f32x4(0xFFFF, a, b, 0b01'00'11'10));
}

/// Quarters a, c, b, d from those of fold_halves(a, b) and fold_halves(c, d).
template <class Pick>
__attribute__((target("avx512f"))) inline __m512 fold_quarters(__m512 ab, __m512 cd, Pick pick)
{
    const __m512i other = _mm512_set_epi32(27, 26, 25, 24, 15, 14, 13, 12, 19, 18, 17, 16, 7, 6, 5, 4);
    return pick(_mm512_mask_blend_ps(0xF0F0, ab, cd), _mm512_permutex2var_ps(ab, other, cd));
}

/// In every quarter the lanes a, b, c, d from four vectors whose quarters are of one block each.
template <class Pick>
__attribute__((target("avx512f"))) inline __m512 fold_lanes(__m512 a, __m512 b, __m512 c, __m512 d, Pick pick)
{
    const __m512 ac = pick(_mm512_mask_blend_ps(0xCCCC, a, c), _mm512_maskz_shuffle_ps(0xFFFF, a, c, 0b01'00'11'10));
    const __m512 bd = pick(_mm512_mask_blend_ps(0xCCCC, b, d), _mm512_maskz_shuffle_ps(0xFFFF, b, d, 0b01'00'11'10));
    const __m512 swapped = _mm512_maskz_permute_ps(0xFFFF, _mm512_mask_blend_ps(0xAAAA, bd, ac), 0b10'11'00'01);
    return pick(_mm512_mask_blend_ps(0xAAAA, ac, bd), swapped);
}

/// One block of strips·16 weights, as Load gives them, to one vector.
template <int strips, class Load, class Pick>
__attribute__((target("avx512f"))) inline __m512 fold_strips(const float* values, Load load, Pick pick)
{
    __m512 result = load(values);
    for (int i = 1; i < strips; ++i)
        result = pick(result, load(values + 16 * i));
    return result;
}

/// Blocks first, first + 4, first + 8, first + 12 as the four quarters of a vector.
template <int strips, class Load, class Pick>
__attribute__((target("avx512f"))) inline __m512 fold_four(const float* values, Load load, Pick pick)
{
    constexpr int apart = 4 * strips * 16;
    const __m512 a = fold_strips<strips>(values, load, pick);
    const __m512 b = fold_strips<strips>(values + apart, load, pick);
    const __m512 c = fold_strips<strips>(values + 2 * apart, load, pick);
    const __m512 d = fold_strips<strips>(values + 3 * apart, load, pick);
    return fold_quarters(fold_halves(a, c, pick), fold_halves(b, d, pick), pick);
}

struct WideWeights {
    __attribute__((target("avx512f"))) __m512 operator()(const float* values) const { return _mm512_loadu_ps(values); }
};
struct WideMagnitudes {
    __attribute__((target("avx512f"))) __m512 operator()(const float* values) const
    {
        const __m512i bits = _mm512_loadu_si512(values);
        return _mm512_castsi512_ps(_mm512_and_si512(bits, _mm512_set1_epi32(0x7FFFFFFF)));
    }
};

/// pick over each of sixteen blocks of strips·16 weights, in their order.
template <int strips, class Load, class Pick>
__attribute__((target("avx512f"))) inline __m512 fold_sixteen(const float* values, Load load, Pick pick)
{
    constexpr int width = strips * 16;
    return fold_lanes(fold_four<strips>(values, load, pick), fold_four<strips>(values + width, load, pick),
                      fold_four<strips>(values + 2 * width, load, pick),
                      fold_four<strips>(values + 3 * width, load, pick), pick);
}

/// lows[i], highs[i] of the i-th of `blocks` blocks. @pre blocks is a multiple of 16.
template <int strips>
__attribute__((target("avx512f"))) inline void wide_ranges(const float* values, int blocks, float* lows, float* highs)
{
    for (int block = 0; block < blocks; block += 16, values += 16 * 16 * strips) {
        _mm512_storeu_ps(lows + block, fold_sixteen<strips>(values, WideWeights{}, WideMinimum{}));
        _mm512_storeu_ps(highs + block, fold_sixteen<strips>(values, WideWeights{}, WideMaximum{}));
    }
}

/// Largest magnitudes likewise.
template <int strips>
__attribute__((target("avx512f"))) inline void wide_magnitudes(const float* values, int blocks, float* largest)
{
    for (int block = 0; block < blocks; block += 16, values += 16 * 16 * strips)
        _mm512_storeu_ps(largest + block, fold_sixteen<strips>(values, WideMagnitudes{}, WideMaximum{}));
}

}  // namespace specsweep::quantize
#endif
