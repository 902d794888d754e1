#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace specsweep {

inline constexpr std::size_t folding_step = 16;
inline constexpr std::size_t fewest_folded_bytes = 64;

/// Whether this processor multiplies polynomials over GF(2) (PCLMULQDQ).
bool can_fold_crc32();

/// crc32() of a multiple of 16 bytes, at least 64, by folding 64 bytes a step: some ten times as fast as zlib's tables.
///
///   The bits of the message are a polynomial M(x); a block at distance d bits from the end may be replaced by
///   block · (x^d mod P) without changing M mod P. Four 128-bit accumulators are moved on by 512 bits a step, then
///   joined and reduced to 32 bits by Barrett's method.
///
/// Source: Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction", Intel 2009, with
/// the bit-reflected constants of its §4 for the polynomial of IEEE 802.3.
/// @pre can_fold_crc32()
std::uint32_t fold_crc32(std::span<const std::byte> bytes, std::uint32_t seed);

}  // namespace specsweep
