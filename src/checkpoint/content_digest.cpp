#include "checkpoint/content_digest.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "base/file.hpp"
#include "base/format.hpp"
#include "checkpoint/packing.hpp"

namespace specsweep::checkpoint {

namespace {

void add_bytes(Xxh3& hash, const TensorLocation& location)
{
    constexpr std::int64_t chunk = std::int64_t{4} << 20;
    const FileDescriptor file(location.file);
    std::vector<std::byte> buffer(static_cast<std::size_t>(std::min(chunk, location.bytes)));
    for (std::int64_t done = 0; done < location.bytes;) {
        const auto part = std::span(buffer).first(static_cast<std::size_t>(std::min(chunk, location.bytes - done)));
        file.read(part, location.offset + done);
        hash.update(part);
        done += static_cast<std::int64_t>(part.size());
    }
}

}  // namespace

Digest128 content_digest(const TensorLocation& location)
{
    Xxh3 hash;
    if (!location.packing) {
        add_bytes(hash, location);
        return hash.digest();
    }
    // What the parts' bytes mean follows from kind and shapes: they belong to the content.
    for (const std::string& text :
         {std::string(name(location.packing->kind)), fmt::format("{}", location.packing->zero_offset)})
        hash.update(std::as_bytes(std::span(text)));
    for (const auto& [role, part] : location.packing->parts) {
        const std::string text =
            fmt::format("\n{} {} {}\n", role, specsweep::name(part.dtype), fmt::join(part.shape, "x"));
        hash.update(std::as_bytes(std::span(text)));
        add_bytes(hash, part);
    }
    return hash.digest();
}

}  // namespace specsweep::checkpoint
