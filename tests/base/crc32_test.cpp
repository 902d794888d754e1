#include <gtest/gtest.h>

#include <vector>

#include "base/crc32_folding.hpp"
#include "base/hash.hpp"

namespace specsweep {
namespace {

std::vector<std::byte> message(std::size_t length)
{
    std::vector<std::byte> bytes;
    std::uint32_t word = 1;
    for (std::size_t i = 0; i < length; ++i) {
        word = word * 1664525 + 1013904223;
        bytes.push_back(static_cast<std::byte>(word >> 24U));
    }
    return bytes;
}

/// Bit by bit, as the standard defines it.
std::uint32_t by_definition(std::span<const std::byte> bytes, std::uint32_t seed)
{
    std::uint32_t crc = ~seed;
    for (const std::byte byte : bytes) {
        crc ^= std::to_integer<std::uint32_t>(byte);
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xedb88320U : 0U);
    }
    return ~crc;
}

TEST(Crc32, IsThatOfTheDefinitionForEveryLengthAndSeed)
{
    const std::vector<std::byte> bytes = message(1100);
    for (std::size_t length = 0; length <= bytes.size(); ++length)
        for (const std::uint32_t seed : {0U, 1U, 0xdeadbeefU, 0xffffffffU}) {
            const auto part = std::span(bytes).subspan(bytes.size() - length);
            ASSERT_EQ(crc32(part, seed), by_definition(part, seed)) << length << " bytes, seed " << seed;
        }
}

TEST(Crc32, OfAJoinedMessageFollowsFromItsParts)
{
    const std::vector<std::byte> bytes = message(5000);
    const auto all = std::span<const std::byte>(bytes);
    for (const std::size_t cut : {0UL, 1UL, 63UL, 64UL, 65UL, 100UL, 2500UL, 5000UL})
        EXPECT_EQ(crc32(all.subspan(cut), crc32(all.first(cut))), crc32(all)) << cut;
}

}  // namespace
}  // namespace specsweep
