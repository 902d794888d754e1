// Headers that lie, in every way the issue names and more: a clear InputError, never a crash, a hang or an allocation
// that the file does not justify.
#include "checkpoint/safetensors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "base/error.hpp"
#include "base/file.hpp"
#include "support/safetensors_writer.hpp"
#include "support/temporary_folder.hpp"

namespace specsweep::checkpoint {
namespace {

using ::testing::HasSubstr;

class Safetensors : public ::testing::Test {
protected:
    std::vector<TensorLocation> parse(std::string_view header, std::int64_t data_size = 24) const
    {
        return parse_safetensors_header(header, "x.safetensors", 108, data_size);
    }

    void expect_refused(std::string_view header, const std::string& why, std::int64_t data_size = 24) const
    {
        try {
            parse(header, data_size);
            FAIL() << "accepted: " << header;
        } catch (const InputError& error) {
            EXPECT_THAT(error.what(), HasSubstr(why)) << header;
            EXPECT_THAT(error.what(), HasSubstr("x.safetensors")) << header;
            EXPECT_EQ(error.code(), ExitCode::bad_input);
        }
    }

    void expect_file_refused(const std::string& why) const
    {
        try {
            read_safetensors_header(file());
            FAIL() << "accepted";
        } catch (const InputError& error) {
            EXPECT_THAT(error.what(), HasSubstr(why));
            EXPECT_THAT(error.what(), HasSubstr(file().string()));
        }
    }

    std::filesystem::path file() const { return folder_ / "model.safetensors"; }

    TemporaryFolder folder_;
};

TEST_F(Safetensors, GivesTensorsInTheOrderOfTheirBytes)
{
    const auto tensors = parse(R"({"b": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]},
        "__metadata__": {"format": "pt"},
        "a": {"dtype": "BF16", "shape": [4], "data_offsets": [16, 24]}})");
    ASSERT_EQ(tensors.size(), 2U);
    EXPECT_EQ(tensors[0].name, "b");
    EXPECT_EQ(tensors[0].offset, 108);
    EXPECT_EQ(tensors[0].bytes, 16);
    EXPECT_EQ(tensors[0].shape, (std::vector<std::int64_t>{2, 2}));
    EXPECT_EQ(tensors[1].name, "a");
    EXPECT_EQ(tensors[1].offset, 124);
    EXPECT_EQ(tensors[1].dtype, DType::bf16);
    EXPECT_EQ(tensors[1].file, "x.safetensors");
}

TEST_F(Safetensors, ReadsEveryDTypeAndAScalar)
{
    SafetensorsWriter writer;
    const std::vector<std::byte> bytes(64);  // eight elements of the widest type
    const char* const names[] = {"BOOL",    "F4",      "F6_E2M3", "F6_E3M2", "U8",  "I8",   "F8_E5M2",
                                 "F8_E4M3", "F8_E8M0", "I16",     "U16",     "F16", "BF16", "I32",
                                 "U32",     "F32",     "C64",     "F64",     "I64", "U64"};
    for (const char* name : names) {
        const DType dtype = parse_dtype(name).value();
        writer.add(std::string("matrix ") + name, dtype, {2, 4},
                   std::span(bytes).first(static_cast<std::size_t>(bits(dtype))));
        if (bits(dtype) % 8 == 0)
            writer.add(std::string("scalar ") + name, dtype, {},
                       std::span(bytes).first(static_cast<std::size_t>(bits(dtype) / 8)));
    }
    writer.write(file());
    const auto tensors = read_safetensors_header(file());
    EXPECT_EQ(tensors.size(), 37U);
    for (const TensorLocation& tensor : tensors) {
        EXPECT_EQ(specsweep::name(tensor.dtype), tensor.name.substr(7));
        EXPECT_EQ(tensor.shape.size(), tensor.name[0] == 's' ? 0U : 2U);
        EXPECT_EQ(tensor.bytes * 8, bits(tensor.dtype) * (tensor.name[0] == 's' ? 1 : 8));
    }
}

TEST_F(Safetensors, AcceptsNoTensorsAndEmptyTensors)
{
    EXPECT_TRUE(parse("{}", 0).empty());
    EXPECT_TRUE(parse("{}          ", 0).empty());
    const auto tensors = parse(R"({"e": {"dtype": "F32", "shape": [0, 7], "data_offsets": [0, 0]},
        "f": {"dtype": "F32", "shape": [9223372036854775807, 9223372036854775807, 0], "data_offsets": [8, 8]},
        "w": {"dtype": "F64", "shape": [1], "data_offsets": [0, 8]}})",
                               8);
    ASSERT_EQ(tensors.size(), 3U);
    EXPECT_EQ(tensors[0].name, "e");
    EXPECT_EQ(tensors[0].bytes, 0);
}

TEST_F(Safetensors, RefusesShapesThatAreNotTheirBytes)
{
    expect_refused(R"({"w": {"dtype": "F32", "shape": [2, 4], "data_offsets": [0, 24]}})",
                   "does not make the 24 bytes");
    expect_refused(R"({"w": {"dtype": "F32", "shape": [], "data_offsets": [0, 24]}})", "does not make the 24 bytes");
    expect_refused(R"({"w": {"dtype": "F4", "shape": [3], "data_offsets": [0, 1]}})", "does not make the 1 bytes", 1);
    // 2³² · 2³² elements: the product wraps around to 0 in 64 bits.
    expect_refused(R"({"w": {"dtype": "U8", "shape": [4294967296, 4294967296], "data_offsets": [0, 0]}})",
                   "does not make the 0 bytes", 0);
    expect_refused(R"({"w": {"dtype": "F64", "shape": [2305843009213693952], "data_offsets": [0, 0]}})",
                   "does not make the 0 bytes", 0);
}

TEST_F(Safetensors, RefusesOffsetsThatOverlapLeaveHolesOrLieOutside)
{
    const std::string a = R"("a": {"dtype": "U8", "shape": [16], "data_offsets": [0, 16]})";
    expect_refused("{" + a + R"(, "b": {"dtype": "U8", "shape": [12], "data_offsets": [12, 24]}})",
                   "'a' and 'b' overlap");
    expect_refused("{" + a + R"(, "b": {"dtype": "U8", "shape": [16], "data_offsets": [0, 16]}})", "overlap");
    expect_refused("{" + a + R"(, "b": {"dtype": "U8", "shape": [4], "data_offsets": [20, 24]}})",
                   "4 bytes before tensor 'b'");
    expect_refused("{" + a + "}", "8 bytes at its end");
    expect_refused("{" + a + R"(, "b": {"dtype": "U8", "shape": [16], "data_offsets": [16, 32]}})", "lie outside");
    expect_refused(R"({"a": {"dtype": "U8", "shape": [4], "data_offsets": [8, 4]}})", "begin <= end");
    expect_refused(
        R"({"a": {"dtype": "U8", "shape": [0], "data_offsets": [9223372036854775807, 9223372036854775807]}})",
        "lie outside");
}

TEST_F(Safetensors, RefusesWhatIsNoDescriptionOfATensor)
{
    expect_refused(R"([])", "no JSON object");
    expect_refused(R"(7)", "no JSON object");
    expect_refused(R"({"w": 7})", "tensor 'w'");
    expect_refused(R"({"w": {"shape": [1], "data_offsets": [0, 24]}})", "dtype is missing");
    expect_refused(R"({"w": {"dtype": "F32", "data_offsets": [0, 24]}})", "shape is missing");
    expect_refused(R"({"w": {"dtype": "F32", "shape": [6]}})", "data_offsets is missing");
    expect_refused(R"({"w": {"dtype": "F33", "shape": [6], "data_offsets": [0, 24]}})", "'F33' is not known");
    expect_refused(R"({"w": {"dtype": 32, "shape": [6], "data_offsets": [0, 24]}})", "dtype is not a text");
    expect_refused(R"({"w": {"dtype": "F32", "shape": 6, "data_offsets": [0, 24]}})", "shape is not a list");
    for (const char* extent : {"-6", "6.0", "\"6\"", "null", "18446744073709551615", "1e30", "[6]"})
        expect_refused(std::string(R"({"w": {"dtype": "F32", "shape": [)") + extent + R"(], "data_offsets": [0, 24]}})",
                       "which is no size");
    expect_refused(R"({"w": {"dtype": "F32", "shape": [6], "data_offsets": [0]}})", "not [begin, end]");
    expect_refused(R"({"w": {"dtype": "F32", "shape": [6], "data_offsets": [0, 24, 24]}})", "not [begin, end]");
    expect_refused(R"({"__metadata__": "x"})", "__metadata__");
    expect_refused(R"({"a\u0000b": {"dtype": "F32", "shape": [6], "data_offsets": [0, 24]}})", "control characters");
    expect_refused("{\"a\\nb\": {\"dtype\": \"F32\", \"shape\": [6], \"data_offsets\": [0, 24]}}",
                   "control characters");
}

TEST_F(Safetensors, RefusesDuplicateKeysAndBrokenText)
{
    const std::string w = R"("w": {"dtype": "F32", "shape": [6], "data_offsets": [0, 24]})";
    EXPECT_EQ(parse("{" + w + "}").size(), 1U);
    expect_refused("{" + w + ", " + w + "}", "twice");
    expect_refused(R"({"w": {"dtype": "F32", "dtype": "F32", "shape": [6], "data_offsets": [0, 24]}})", "twice");
    expect_refused("{" + w, "not valid JSON");
    expect_refused("{" + w + "} x", "not valid JSON");
    expect_refused("", "not valid JSON");
    expect_refused("{\"\xff\": 1}", "UTF-8");
    expect_refused("{\"\xc0\xaf\": 1}", "UTF-8");
    expect_refused("{\"w\": " + std::string(100'000, '[') + "}", "");
}

TEST_F(Safetensors, SurvivesDamageOfAnyKind)
{
    const std::string header = R"({"a": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]},
        "b": {"dtype": "U8", "shape": [8], "data_offsets": [16, 24]}, "__metadata__": {"x": "y"}})";
    ASSERT_EQ(parse(header).size(), 2U);
    const std::string_view interesting =
        "0123456789[]{},:\"ab\\-.eE \xff\x80"
        "F8U\n";
    std::uint32_t state = 12345;
    const auto random = [&](std::size_t below) {
        state = state * 1664525U + 1013904223U;
        return static_cast<std::size_t>(state >> 8U) % below;
    };
    int refused = 0;
    constexpr int rounds = 20'000;
    for (int round = 0; round < rounds; ++round) {
        std::string damaged = header;
        for (std::size_t changes = 1 + random(3); changes > 0; --changes) {
            const std::size_t at = random(damaged.size());
            if (random(3) == 0)
                damaged.erase(at, 1 + random(4));
            else if (random(2) == 0)
                damaged.insert(at, 1, interesting[random(interesting.size())]);
            else
                damaged[at] = interesting[random(interesting.size())];
        }
        try {
            for (const TensorLocation& tensor : parse(damaged)) {
                ASSERT_GE(tensor.offset, 108) << damaged;
                ASSERT_GE(tensor.bytes, 0) << damaged;
                ASSERT_LE(tensor.offset + tensor.bytes, 132) << damaged;
            }
        } catch (const InputError&) {
            ++refused;
        }
    }
    EXPECT_GT(refused, rounds / 2);
    EXPECT_LT(refused, rounds);  // some damage is harmless: names, blanks
}

TEST_F(Safetensors, RefusesTruncatedFiles)
{
    SafetensorsWriter writer;
    const std::vector<float> values(6, 1.0F);
    writer.add("w", DType::f32, {2, 3}, std::span<const float>(values));
    writer.write(file());
    const auto size = std::filesystem::file_size(file());
    ASSERT_EQ(read_safetensors_header(file()).size(), 1U);
    for (std::uintmax_t shorter = 0; shorter < size; ++shorter) {
        writer.write(file());
        std::filesystem::resize_file(file(), shorter);
        EXPECT_THROW(read_safetensors_header(file()), InputError) << shorter;
    }
    writer.write(file());
    std::filesystem::resize_file(file(), size + 1);
    expect_file_refused("1 bytes at its end");
}

TEST_F(Safetensors, RefusesAHeaderLengthBeyondTheFile)
{
    write_safetensors(file(), 1000, "{}", {});
    expect_file_refused("claims 1000 bytes, the file has 10");
    write_safetensors(file(), 100'000'001, "{}", {});
    expect_file_refused("claims 100000001 bytes, more than 100000000");
    write_safetensors(file(), 0xffff'ffff'ffff'ffff, "{}", {});
    expect_file_refused("claims 18446744073709551615 bytes");
    write_safetensors(file(), 0x8000'0000'0000'0000, "{}", {});
    expect_file_refused("more than");
    write_safetensors(file(), 0, "", {});
    expect_file_refused("not valid JSON");
}

TEST_F(Safetensors, RefusesALongHeaderEvenWhenTheFileHasIt)
{
    write_safetensors(file(), 100'000'001, "{}", {});
    std::filesystem::resize_file(file(), 100'000'100);  // a hole
    expect_file_refused("more than 100000000");
}

TEST_F(Safetensors, RefusesWhatIsNoRegularFile)
{
    ASSERT_EQ(::mkfifo(file().c_str(), 0600), 0);
    expect_file_refused("no regular file");
    EXPECT_THROW(read_safetensors_header(folder_ / "missing.safetensors"), IoError);
}

}  // namespace
}  // namespace specsweep::checkpoint
