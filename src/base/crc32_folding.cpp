#include "base/crc32_folding.hpp"

#if defined(__x86_64__)
#include <smmintrin.h>
#include <wmmintrin.h>
#endif

#include "base/error.hpp"

namespace specsweep {

#if defined(__x86_64__)

namespace {

#define SPECSWEEP_FOLDING __attribute__((target("pclmul,sse4.1")))

SPECSWEEP_FOLDING __m128i load(const std::byte* at)
{
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
}

/// Moves an accumulator on by the distance that `constants` stand for, onto the next block.
SPECSWEEP_FOLDING __m128i fold(__m128i accumulator, __m128i constants, __m128i next)
{
    const __m128i low = _mm_clmulepi64_si128(accumulator, constants, 0x00);
    const __m128i high = _mm_clmulepi64_si128(accumulator, constants, 0x11);
    return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

/// 128 bits to 64, then to 32.
SPECSWEEP_FOLDING std::uint32_t reduce(__m128i x, __m128i by_128)
{
    const __m128i by_64 = _mm_set_epi64x(0, 0x0163cd6124);
    const __m128i barrett = _mm_set_epi64x(0x01f7011641, 0x01db710641);  // ⌊x^64 / P⌋ and P
    const __m128i low_words = _mm_setr_epi32(-1, 0, -1, 0);
    x = _mm_xor_si128(_mm_srli_si128(x, 8), _mm_clmulepi64_si128(x, by_128, 0x10));
    x = _mm_xor_si128(_mm_srli_si128(x, 4), _mm_clmulepi64_si128(_mm_and_si128(x, low_words), by_64, 0x00));
    __m128i quotient = _mm_clmulepi64_si128(_mm_and_si128(x, low_words), barrett, 0x10);
    quotient = _mm_clmulepi64_si128(_mm_and_si128(quotient, low_words), barrett, 0x00);
    return static_cast<std::uint32_t>(_mm_extract_epi32(_mm_xor_si128(x, quotient), 1));
}

}  // namespace

bool can_fold_crc32()
{
    static const bool can = __builtin_cpu_supports("pclmul") != 0 && __builtin_cpu_supports("sse4.1") != 0;
    return can;
}

SPECSWEEP_FOLDING std::uint32_t fold_crc32(std::span<const std::byte> bytes, std::uint32_t seed)
{
    const __m128i by_512 = _mm_set_epi64x(0x01c6e41596, 0x0154442bd4);
    const __m128i by_128 = _mm_set_epi64x(0x00ccaa009e, 0x01751997d0);
    const std::byte* at = bytes.data();
    const std::byte* const end = at + bytes.size();
    __m128i a = _mm_xor_si128(load(at), _mm_cvtsi32_si128(static_cast<int>(~seed)));
    __m128i b = load(at + 16);
    __m128i c = load(at + 32);
    __m128i d = load(at + 48);
    for (at += 64; end - at >= 64; at += 64) {
        a = fold(a, by_512, load(at));
        b = fold(b, by_512, load(at + 16));
        c = fold(c, by_512, load(at + 32));
        d = fold(d, by_512, load(at + 48));
    }
    a = fold(fold(fold(a, by_128, b), by_128, c), by_128, d);
    for (; at < end; at += 16)
        a = fold(a, by_128, load(at));
    return ~reduce(a, by_128);
}

#undef SPECSWEEP_FOLDING

#else

bool can_fold_crc32()
{
    return false;
}

std::uint32_t fold_crc32(std::span<const std::byte>, std::uint32_t)
{
    throw InternalError("no folding of CRCs on this processor");
}

#endif

}  // namespace specsweep
