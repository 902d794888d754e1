#include "support/fnv1a.hpp"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

namespace specsweep {
namespace {

std::string hash_of(std::string_view text)
{
    return fnv1a64_hex(std::span<const char>(text.data(), text.size()));
}

// Published test vectors: draft-eastlake-fnv, appendix C.
TEST(Fnv1a64, AgreesWithPublishedVectors)
{
    EXPECT_EQ(hash_of(""), "cbf29ce484222325");
    EXPECT_EQ(hash_of("a"), "af63dc4c8601ec8c");
    EXPECT_EQ(hash_of("foobar"), "85944171f73967e8");
}

TEST(Fnv1a64, HashesTheBytesOfNumbers)
{
    const std::vector<float> one = {1.0F};
    EXPECT_EQ(fnv1a64_hex(std::span<const float>(one)), hash_of(std::string_view("\x00\x00\x80\x3f", 4)));
}

}  // namespace
}  // namespace specsweep
