#include "checkpoint/content_digest.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <vector>

#include "base/error.hpp"
#include "checkpoint/safetensors.hpp"
#include "support/safetensors_writer.hpp"
#include "support/temporary_folder.hpp"

namespace specsweep::checkpoint {
namespace {

/// More than two chunks, and no multiple of one.
std::vector<std::uint8_t> many_bytes(std::size_t count)
{
    std::vector<std::uint8_t> bytes(count);
    std::uint32_t state = 1;
    for (std::uint8_t& byte : bytes) {
        state = state * 1664525U + 1013904223U;
        byte = static_cast<std::uint8_t>(state >> 24U);
    }
    return bytes;
}

TEST(ContentDigest, IsTheHashOfTheTensorsBytesAlone)
{
    const TemporaryFolder folder;
    for (const std::size_t size : {0UL, 1UL, 240UL, 9'000'001UL}) {
        const auto bytes = many_bytes(size);
        const std::vector<std::uint8_t> other{1, 2, 3};
        SafetensorsWriter writer;
        writer.add("before", DType::u8, {3}, std::span<const std::uint8_t>(other));
        writer.add("w", DType::u8, {static_cast<std::int64_t>(size)}, std::span<const std::uint8_t>(bytes));
        writer.write(folder / "a.safetensors");
        for (const TensorLocation& tensor : read_safetensors_header(folder / "a.safetensors"))
            if (tensor.name == "w") {
                EXPECT_EQ(content_digest(tensor), xxh3_128(std::as_bytes(std::span(bytes)))) << size;
            }
    }
}

TEST(ContentDigest, ChangesWithOneBit)
{
    const TemporaryFolder folder;
    auto bytes = many_bytes(1000);
    const auto digest_of = [&] {
        SafetensorsWriter writer;
        writer.add("w", DType::u8, {1000}, std::span<const std::uint8_t>(bytes));
        writer.write(folder / "a.safetensors");
        return content_digest(read_safetensors_header(folder / "a.safetensors").at(0));
    };
    const Digest128 before = digest_of();
    bytes[999] ^= 1U;
    EXPECT_NE(digest_of(), before);
    bytes[999] ^= 1U;
    EXPECT_EQ(digest_of(), before);
}

TEST(ContentDigest, NoticesAFileThatBecameShorter)
{
    const TemporaryFolder folder;
    const auto bytes = many_bytes(1000);
    SafetensorsWriter writer;
    writer.add("w", DType::u8, {1000}, std::span<const std::uint8_t>(bytes));
    writer.write(folder / "a.safetensors");
    const TensorLocation tensor = read_safetensors_header(folder / "a.safetensors").at(0);
    std::filesystem::resize_file(tensor.file, static_cast<std::uintmax_t>(tensor.offset + 999));
    EXPECT_THROW(content_digest(tensor), IoError);
}

}  // namespace
}  // namespace specsweep::checkpoint
