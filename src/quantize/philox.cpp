#include "quantize/philox.hpp"

#include "quantize/vectorised.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace specsweep::quantize {

namespace {

#if defined(__x86_64__)

/// philox4x32() with the words of each counter in lanes of 64 bits. Their upper halves are whatever products left
/// there: multiplications do not read them. All of a strip goes through a round together: a round waits for its
/// products.
__attribute__((target("avx512f"))) void strip_avx512(std::uint64_t seed, std::uint64_t index, std::uint32_t* words)
{
    constexpr __mmask8 all = 0xFF;  // GCC 12 warns of the forms without a mask (its bug 105593)
    constexpr int exclusive_or = 0x96;
    constexpr int vectors = random_strip / 8;
    __m512i c0[vectors];
    __m512i c1[vectors];
    __m512i c2[vectors] = {};
    __m512i c3[vectors] = {};
    for (int i = 0; i < vectors; ++i) {
        c0[i] = _mm512_add_epi64(_mm512_set1_epi64(static_cast<long long>(index) + 8 * i),
                                 _mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0));
        c1[i] = _mm512_maskz_srli_epi64(all, c0[i], 32);
    }
    __m512i k0 = _mm512_set1_epi64(static_cast<std::uint32_t>(seed));
    __m512i k1 = _mm512_set1_epi64(static_cast<std::uint32_t>(seed >> 32));
    for (int round = 0; round < philox_rounds; ++round) {
        for (int i = 0; i < vectors; ++i) {
            const __m512i first = _mm512_maskz_mul_epu32(all, _mm512_set1_epi64(philox_factors[0]), c0[i]);
            const __m512i second = _mm512_maskz_mul_epu32(all, _mm512_set1_epi64(philox_factors[1]), c2[i]);
            c0[i] =
                _mm512_maskz_ternarylogic_epi64(all, _mm512_maskz_srli_epi64(all, second, 32), c1[i], k0, exclusive_or);
            c2[i] =
                _mm512_maskz_ternarylogic_epi64(all, _mm512_maskz_srli_epi64(all, first, 32), c3[i], k1, exclusive_or);
            c1[i] = second;
            c3[i] = first;
        }
        k0 = _mm512_add_epi64(k0, _mm512_set1_epi64(philox_weyl[0]));
        k1 = _mm512_add_epi64(k1, _mm512_set1_epi64(philox_weyl[1]));
    }
    for (int i = 0; i < vectors; ++i)
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(words + 8 * i), _mm512_maskz_cvtepi64_epi32(all, c0[i]));
}

__attribute__((target("avx2"))) void strip_avx2(std::uint64_t seed, std::uint64_t index, std::uint32_t* words)
{
    constexpr int vectors = random_strip / 4;
    __m256i c0[vectors];
    __m256i c1[vectors];
    __m256i c2[vectors] = {};
    __m256i c3[vectors] = {};
    for (int i = 0; i < vectors; ++i) {
        c0[i] =
            _mm256_add_epi64(_mm256_set1_epi64x(static_cast<long long>(index) + 4 * i), _mm256_set_epi64x(3, 2, 1, 0));
        c1[i] = _mm256_srli_epi64(c0[i], 32);
    }
    __m256i k0 = _mm256_set1_epi64x(static_cast<std::uint32_t>(seed));
    __m256i k1 = _mm256_set1_epi64x(static_cast<std::uint32_t>(seed >> 32));
    for (int round = 0; round < philox_rounds; ++round) {
        for (int i = 0; i < vectors; ++i) {
            const __m256i first = _mm256_mul_epu32(_mm256_set1_epi64x(philox_factors[0]), c0[i]);
            const __m256i second = _mm256_mul_epu32(_mm256_set1_epi64x(philox_factors[1]), c2[i]);
            c0[i] = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(second, 32), c1[i]), k0);
            c2[i] = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(first, 32), c3[i]), k1);
            c1[i] = second;
            c3[i] = first;
        }
        k0 = _mm256_add_epi64(k0, _mm256_set1_epi64x(philox_weyl[0]));
        k1 = _mm256_add_epi64(k1, _mm256_set1_epi64x(philox_weyl[1]));
    }
    const __m256i even = _mm256_set_epi32(0, 0, 0, 0, 6, 4, 2, 0);
    for (int i = 0; i < vectors; ++i)
        _mm_storeu_si128(reinterpret_cast<__m128i*>(words + 4 * i),
                         _mm256_castsi256_si128(_mm256_permutevar8x32_epi32(c0[i], even)));
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
