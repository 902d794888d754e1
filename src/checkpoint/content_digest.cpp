#include "checkpoint/content_digest.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "base/file.hpp"

namespace specsweep::checkpoint {

Digest128 content_digest(const TensorLocation& location)
{
    constexpr std::int64_t chunk = std::int64_t{4} << 20;
    const FileDescriptor file(location.file);
    std::vector<std::byte> buffer(static_cast<std::size_t>(std::min(chunk, location.bytes)));
    Xxh3 hash;
    for (std::int64_t done = 0; done < location.bytes;) {
        const auto part = std::span(buffer).first(static_cast<std::size_t>(std::min(chunk, location.bytes - done)));
        file.read(part, location.offset + done);
        hash.update(part);
        done += static_cast<std::int64_t>(part.size());
    }
    return hash.digest();
}

}  // namespace specsweep::checkpoint
