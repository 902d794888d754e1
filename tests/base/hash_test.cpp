#include "base/hash.hpp"

#include <gtest/gtest.h>

#include <string>

namespace specsweep {
namespace {

std::span<const std::byte> bytes_of(const std::string& text)
{
    return std::as_bytes(std::span(text));
}

TEST(Sha256, HasThePublishedValues)  // FIPS 180-4, examples of NIST
{
    EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, DoesNotDependOnPieces)
{
    Sha256 hash;
    hash.update("a");
    hash.update("");
    hash.update("bc");
    EXPECT_EQ(hash.hex(), sha256_hex("abc"));
}

TEST(Crc32, HasThePublishedCheckValue)
{
    EXPECT_EQ(crc32(bytes_of("123456789")), 0xCBF43926U);
    EXPECT_EQ(crc32(bytes_of("56789"), crc32(bytes_of("1234"))), 0xCBF43926U);
}

TEST(Xxh3, HasThePublishedValueOfNothing)  // xxHash's own test vectors
{
    EXPECT_EQ(xxh3_128({}).hex(), "99aa06d3014798d86001c324468d497f");
}

TEST(Xxh3, DoesNotDependOnPieces)
{
    std::string text;
    for (int i = 0; i < 5000; ++i)
        text += static_cast<char>(i * 31);
    Xxh3 hash;
    const auto bytes = bytes_of(text);
    hash.update(bytes.subspan(0, 1));
    hash.update(bytes.subspan(1, 1000));
    hash.update(bytes.subspan(1001));
    EXPECT_EQ(hash.digest(), xxh3_128(bytes));
}

TEST(Digest128, ReadsItsOwnText)
{
    const Digest128 digest{.high = 0x0123456789abcdefU, .low = 0xfedcba9876543210U};
    EXPECT_EQ(digest.hex(), "0123456789abcdeffedcba9876543210");
    EXPECT_EQ(Digest128::from_hex(digest.hex()), digest);
    EXPECT_FALSE(Digest128::from_hex("123"));
    EXPECT_FALSE(Digest128::from_hex("0123456789abcdeffedcba987654321g"));
}

}  // namespace
}  // namespace specsweep
