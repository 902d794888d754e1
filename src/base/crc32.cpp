#include <zlib.h>

#include <algorithm>
#include <limits>

#include "base/crc32_folding.hpp"
#include "base/hash.hpp"

namespace specsweep {

namespace {

std::uint32_t crc32_of_zlib(std::span<const std::byte> bytes, std::uint32_t seed)
{
    uLong crc = seed;
    constexpr std::size_t most = std::numeric_limits<uInt>::max();
    while (!bytes.empty()) {  // zlib counts in 32 bits
        const std::size_t count = std::min(bytes.size(), most);
        crc = ::crc32(crc, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(count));
        bytes = bytes.subspan(count);
    }
    return static_cast<std::uint32_t>(crc);
}

}  // namespace

std::uint32_t crc32(std::span<const std::byte> bytes, std::uint32_t seed)
{
    if (bytes.size() < fewest_folded_bytes || !can_fold_crc32())
        return crc32_of_zlib(bytes, seed);
    const std::size_t folded = bytes.size() / folding_step * folding_step;
    return crc32_of_zlib(bytes.subspan(folded), fold_crc32(bytes.first(folded), seed));
}

}  // namespace specsweep
