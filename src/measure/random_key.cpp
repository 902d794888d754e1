#include "measure/random_key.hpp"

#include <span>
#include <string>

namespace specsweep::measure {

std::uint64_t random_key(std::uint64_t seed, const Digest128& content, const checkpoint::Slice& slice)
{
    const std::string text = std::to_string(seed) + ' ' + content.hex() + ' ' + slice.canonical();
    return xxh3_128(std::as_bytes(std::span(text))).low;
}

}  // namespace specsweep::measure
