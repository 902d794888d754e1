#pragma once

#include <algorithm>
#include <array>
#include <limits>

#include "quantize/block_loop.hpp"
#include "quantize/formats/level_table.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace specsweep::quantize {

/// A table of sixteen levels as AVX-512 searches it: four comparisons that halve, each with a threshold fetched from a
/// register, where compilers make fifteen comparisons and selections of LevelTable. The same levels, the same bits.
struct WideTable {
    std::array<float, 32> thresholds{};  ///< T₀ … T₁₄ ascending, then infinities
    std::array<float, 16> levels{};

    static constexpr WideTable of(const LevelTable<16>& table)
    {
        WideTable wide;
        wide.thresholds.fill(std::numeric_limits<float>::infinity());
        std::copy(table.thresholds.begin(), table.thresholds.end(), wide.thresholds.begin());
        wide.levels = table.levels;
        return wide;
    }

#if defined(__x86_64__)
    /// The level whose number is the count of thresholds below v. To be inlined, as is decode().
    __attribute__((target("avx512f"))) __m512 level(__m512 v) const
    {
        constexpr __mmask16 all = 0xFFFF;  // GCC 12 warns of the forms without a mask (its bug 105593)
        __m512i code = _mm512_maskz_set1_epi32(_mm512_cmp_ps_mask(v, _mm512_set1_ps(thresholds[7]), _CMP_GT_OQ), 8);
        for (const int step : {4, 2, 1}) {
            const __m512 next = _mm512_loadu_ps(thresholds.data() + step - 1);
            const __mmask16 above = _mm512_cmp_ps_mask(v, _mm512_maskz_permutexvar_ps(all, code, next), _CMP_GT_OQ);
            code = _mm512_mask_add_epi32(code, above, code, _mm512_set1_epi32(step));
        }
        return _mm512_maskz_permutexvar_ps(all, code, _mm512_loadu_ps(levels.data()));
    }

    /// decoded = fl(T[code]·scale) + 0 of sixteen weights, code = number of thresholds below clamp(fl(w·factor), −1,
    /// 1). To be called, and then inlined, where AVX-512 is there.
    __attribute__((target("avx512f"))) void decode(const float* values, float* decoded, float factor, float scale,
                                                   LaneCounts& counts) const
    {
        constexpr __mmask16 all = 0xFFFF;  // GCC 12 warns of the forms without a mask (its bug 105593)
        const __m512 w = _mm512_loadu_ps(values);
        const __m512 x = _mm512_mul_ps(w, _mm512_set1_ps(factor));
        const __m512 v =
            _mm512_maskz_min_ps(all, _mm512_maskz_max_ps(all, x, _mm512_set1_ps(-1.0F)), _mm512_set1_ps(1.0F));
        const __m512 zero = _mm512_setzero_ps();
        const __m512 result = _mm512_add_ps(_mm512_mul_ps(level(v), _mm512_set1_ps(scale)), zero);  // no −0
        _mm512_storeu_ps(decoded, result);
        const __mmask16 became_zero =
            _mm512_mask_cmp_ps_mask(_mm512_cmp_ps_mask(w, zero, _CMP_NEQ_UQ), result, zero, _CMP_EQ_OQ);
        const __m512i zeroed = _mm512_loadu_si512(counts.zeroed);
        _mm512_storeu_si512(counts.zeroed, _mm512_mask_add_epi32(zeroed, became_zero, zeroed, _mm512_set1_epi32(1)));
    }
#endif
};

}  // namespace specsweep::quantize
