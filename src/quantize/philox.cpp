#include "quantize/philox.hpp"

#include "quantize/vectorised.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace specsweep::quantize {

namespace {

#if defined(__x86_64__)

/// philox4x32() with the words of the counter in lanes of 64 bits. Their upper halves are whatever products left there:
/// multiplications do not read them.
__attribute__((target("avx512f"))) void eight_words(__m512i index, std::uint64_t k0, std::uint64_t k1,
                                                    std::uint32_t* words)
{
    constexpr __mmask8 all = 0xFF;  // GCC 12 warns of the forms without a mask (its bug 105593)
    constexpr int exclusive_or = 0x96;
    __m512i c0 = index;
    __m512i c1 = _mm512_maskz_srli_epi64(all, index, 32);
    __m512i c2 = _mm512_setzero_si512();
    __m512i c3 = c2;
    for (int round = 0; round < philox_rounds; ++round) {
        const __m512i first = _mm512_maskz_mul_epu32(all, _mm512_set1_epi64(philox_factors[0]), c0);
        const __m512i second = _mm512_maskz_mul_epu32(all, _mm512_set1_epi64(philox_factors[1]), c2);
        const __m512i first_upper = _mm512_maskz_srli_epi64(all, first, 32);
        const __m512i second_upper = _mm512_maskz_srli_epi64(all, second, 32);
        c0 = _mm512_maskz_ternarylogic_epi64(all, second_upper, c1, _mm512_set1_epi64(static_cast<long long>(k0)),
                                             exclusive_or);
        c1 = second;
        c2 = _mm512_maskz_ternarylogic_epi64(all, first_upper, c3, _mm512_set1_epi64(static_cast<long long>(k1)),
                                             exclusive_or);
        c3 = first;
        k0 += philox_weyl[0];
        k1 += philox_weyl[1];
    }
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(words), _mm512_maskz_cvtepi64_epi32(all, c0));
}

__attribute__((target("avx512f"))) void strip_avx512(std::uint64_t seed, std::uint64_t index, std::uint32_t* words)
{
    const __m512i counting = _mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0);
    for (std::uint64_t i = 0; i < random_strip; i += 8)
        eight_words(_mm512_add_epi64(_mm512_set1_epi64(static_cast<long long>(index + i)), counting), seed & UINT32_MAX,
                    seed >> 32, words + i);
}

__attribute__((target("avx2"))) void four_words(__m256i index, std::uint64_t k0, std::uint64_t k1, std::uint32_t* words)
{
    __m256i c0 = index;
    __m256i c1 = _mm256_srli_epi64(index, 32);
    __m256i c2 = _mm256_setzero_si256();
    __m256i c3 = c2;
    for (int round = 0; round < philox_rounds; ++round) {
        const __m256i first = _mm256_mul_epu32(_mm256_set1_epi64x(philox_factors[0]), c0);
        const __m256i second = _mm256_mul_epu32(_mm256_set1_epi64x(philox_factors[1]), c2);
        c0 = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(second, 32), c1),
                              _mm256_set1_epi64x(static_cast<long long>(k0)));
        c1 = second;
        c2 = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(first, 32), c3),
                              _mm256_set1_epi64x(static_cast<long long>(k1)));
        c3 = first;
        k0 += philox_weyl[0];
        k1 += philox_weyl[1];
    }
    const __m256i lower_halves = _mm256_permutevar8x32_epi32(c0, _mm256_set_epi32(0, 0, 0, 0, 6, 4, 2, 0));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(words), _mm256_castsi256_si128(lower_halves));
}

__attribute__((target("avx2"))) void strip_avx2(std::uint64_t seed, std::uint64_t index, std::uint32_t* words)
{
    const __m256i counting = _mm256_set_epi64x(3, 2, 1, 0);
    for (std::uint64_t i = 0; i < random_strip; i += 4)
        four_words(_mm256_add_epi64(_mm256_set1_epi64x(static_cast<long long>(index + i)), counting), seed & UINT32_MAX,
                   seed >> 32, words + i);
}

#endif

}  // namespace

void random_of_strip(std::uint64_t seed, std::uint64_t index, std::uint32_t* words)
{
#if defined(__x86_64__)
    switch (vector_level()) {
        case VectorLevel::avx512:
            return strip_avx512(seed, index, words);
        case VectorLevel::avx2:
            return strip_avx2(seed, index, words);
        case VectorLevel::portable:
            break;
    }
#endif
    for (std::uint64_t i = 0; i < random_strip; ++i)
        words[i] = random_of_element(seed, index + i);
}

}  // namespace specsweep::quantize
