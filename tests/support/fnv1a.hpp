#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>

namespace specsweep {

/// FNV-1a, 64 bits: the hash that the reference vectors in SPECSWEEP_SHARED/reference are given by.
///
///   h₀ = 0xcbf29ce484222325,   hᵢ₊₁ = (hᵢ xor byteᵢ) · 0x100000001b3  mod 2⁶⁴
///
/// Source: Fowler, Noll, Vo; draft-eastlake-fnv §4.
constexpr std::uint64_t fnv1a64(std::span<const std::byte> bytes, std::uint64_t hash = 0xcbf29ce484222325U)
{
    for (const std::byte byte : bytes)
        hash = (hash ^ static_cast<std::uint64_t>(byte)) * 0x100000001b3U;
    return hash;
}

/// 16 hexadecimal digits, as the reference files write it.
inline std::string hex64(std::uint64_t value)
{
    std::string text(16, '0');
    for (std::size_t at = 16; at-- > 0; value >>= 4)
        text[at] = "0123456789abcdef"[value & 15U];
    return text;
}

/// Hash of the elements as they lie in memory (little-endian on every machine this runs on).
template <class T>
std::string fnv1a64_hex(std::span<const T> values)
{
    static_assert(std::is_trivially_copyable_v<T>);
    return hex64(fnv1a64(std::as_bytes(values)));
}

}  // namespace specsweep
