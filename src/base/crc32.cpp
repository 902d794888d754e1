#include <zlib.h>

#include <algorithm>
#include <limits>

#include "base/hash.hpp"

namespace specsweep {

std::uint32_t crc32(std::span<const std::byte> bytes, std::uint32_t seed)
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

}  // namespace specsweep
