#include "checkpoint/packing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/half.hpp"
#include "base/minifloat.hpp"
#include "checkpoint/checkpoint.hpp"
#include "checkpoint/content_digest.hpp"
#include "checkpoint/panel_reader.hpp"
#include "support/safetensors_writer.hpp"
#include "support/temporary_folder.hpp"

namespace specsweep::checkpoint {
namespace {

/// A model of one packed weight, written by hand from the documented layout, and what it must decode to.
class PackedModel {
public:
    static constexpr std::int64_t rows = 24;
    static constexpr std::int64_t cols = 64;

    PackedModel() : values(static_cast<std::size_t>(rows * cols)) {}

    SafetensorsWriter writer;
    std::string config = R"({"model_type": "toy"})";
    std::vector<float> values;
    std::mt19937 random{11};

    std::uint32_t pick(std::uint32_t below) { return static_cast<std::uint32_t>(random() % below); }
    /// A power of two times 1 … 2: exact in fp16 and bf16.
    float scale() { return std::ldexp(1.0F + static_cast<float>(pick(8)) / 8, -4 - static_cast<int>(pick(4))); }

    void decoded(const std::function<double(std::int64_t, std::int64_t)>& value)
    {
        for (std::int64_t r = 0; r < rows; ++r)
            for (std::int64_t c = 0; c < cols; ++c)
                values[static_cast<std::size_t>(r * cols + c)] = static_cast<float>(value(r, c));
    }

    template <class T>
    void add(const std::string& name, DType type, std::vector<std::int64_t> shape, const std::vector<T>& elements)
    {
        writer.add("m.q_proj." + name, type, std::move(shape), std::span<const T>(elements));
    }

    void check()
    {
        writer.write(folder_ / "model.safetensors");
        write_text_file_atomically(folder_ / "config.json", config);
        const Checkpoint opened = Checkpoint::open(folder_.path());
        ASSERT_EQ(opened.inventory().matrices.size(), 1U);
        const Matrix& matrix = opened.inventory().matrices[0];
        EXPECT_EQ(matrix.name, "m.q_proj.weight");
        const TensorLocation& location = opened.tensor(matrix.tensor);
        ASSERT_TRUE(location.packing);
        EXPECT_EQ(packing_text(*packing_from_text(packing_text(*location.packing))), packing_text(*location.packing));
        PanelReader reader(location, matrix.slice);
        ASSERT_EQ(reader.rows(), rows);
        ASSERT_EQ(reader.cols(), cols);
        std::vector<float> read(values.size());
        reader.read_rows(0, 7, std::span(read).first(7 * cols));
        reader.read_rows(7, rows - 7, std::span(read).subspan(7 * cols));
        EXPECT_EQ(read, values);
        EXPECT_NE(content_digest(location), Digest128{});
    }

private:
    TemporaryFolder folder_;
};

std::size_t at(std::int64_t index)
{
    return static_cast<std::size_t>(index);
}

std::vector<std::uint16_t> as_half(const std::vector<float>& values)
{
    std::vector<std::uint16_t> halves;
    for (const float value : values)
        halves.push_back(float_to_half(value));
    return halves;
}

class PackedIntegers : public testing::TestWithParam<int> {};

TEST_P(PackedIntegers, OfCompressedTensors)
{
    const std::int64_t bits = GetParam();
    const std::int64_t per_word = 32 / bits;
    constexpr std::int64_t groups = 4;
    PackedModel model;
    std::vector<std::int32_t> words(at(PackedModel::rows * PackedModel::cols / per_word), 0);
    std::vector<std::int64_t> codes(model.values.size());
    for (std::int64_t i = 0; i < std::ssize(codes); ++i) {
        codes[at(i)] = static_cast<std::int64_t>(model.pick(1U << bits)) - (std::int64_t{1} << (bits - 1));
        const auto stored = static_cast<std::uint32_t>(codes[at(i)] + (std::int64_t{1} << (bits - 1)));
        auto& word = words[at(i / per_word)];
        word = static_cast<std::int32_t>(static_cast<std::uint32_t>(word) | stored << (i % per_word * bits));
    }
    std::vector<float> scales(at(PackedModel::rows * groups));
    for (float& scale : scales)
        scale = model.scale();
    model.add("weight_packed", DType::i32, {PackedModel::rows, PackedModel::cols / per_word}, words);
    model.add("weight_scale", DType::f16, {PackedModel::rows, groups}, as_half(scales));
    model.add("weight_shape", DType::i64, {2}, std::vector<std::int64_t>{PackedModel::rows, PackedModel::cols});
    model.decoded([&](std::int64_t r, std::int64_t c) {
        return static_cast<double>(codes[at(r * PackedModel::cols + c)]) *
               scales[at(r * groups + c / (PackedModel::cols / groups))];
    });
    model.check();
}

INSTANTIATE_TEST_SUITE_P(Bits, PackedIntegers, testing::Values(4, 8));

TEST(PackedModels, Float8WithOneScaleARow)
{
    PackedModel model;
    std::vector<std::uint8_t> codes(model.values.size());
    for (auto& code : codes)
        code = static_cast<std::uint8_t>(model.pick(127) | model.pick(2) << 7);  // no NaN
    std::vector<float> scales(PackedModel::rows);
    for (float& scale : scales)
        scale = model.scale();
    model.add("weight", DType::f8_e4m3, {PackedModel::rows, PackedModel::cols}, codes);
    model.add("weight_scale", DType::f32, {PackedModel::rows, 1}, scales);
    model.decoded([&](std::int64_t r, std::int64_t c) {
        return e4m3_to_float(codes[at(r * PackedModel::cols + c)]) * scales[at(r)];
    });
    model.check();
}

TEST(PackedModels, Float8WithBlocksOfDeepSeek)
{
    PackedModel model;
    model.config =
        R"({"model_type": "toy", "quantization_config": {"quant_method": "fp8", "weight_block_size": [16, 32]}})";
    std::vector<std::uint8_t> codes(model.values.size());
    for (auto& code : codes)
        code = static_cast<std::uint8_t>(model.pick(127));
    std::vector<float> scales{0.1F, 0.2F, 0.3F, 0.7F};  // 24 x 64 in tiles of 16 x 32: 2 x 2
    model.add("weight", DType::f8_e4m3, {PackedModel::rows, PackedModel::cols}, codes);
    model.add("weight_scale_inv", DType::f32, {2, 2}, scales);
    model.decoded([&](std::int64_t r, std::int64_t c) {
        return e4m3_to_float(codes[at(r * PackedModel::cols + c)]) * scales[at(r / 16 * 2 + c / 32)];
    });
    model.check();
}

/// Codes and scales of NVFP4; `global` divides or multiplies.
void check_nvfp4(bool modelopt)
{
    PackedModel model;
    constexpr std::int64_t blocks = PackedModel::cols / 16;
    std::vector<std::uint8_t> codes(model.values.size());
    std::vector<std::uint8_t> bytes(model.values.size() / 2);
    for (std::size_t i = 0; i < codes.size(); ++i) {
        codes[i] = static_cast<std::uint8_t>(model.pick(16));
        bytes[i / 2] = static_cast<std::uint8_t>(bytes[i / 2] | codes[i] << (i % 2 * 4));
    }
    std::vector<std::uint8_t> scales(at(PackedModel::rows * blocks));
    for (auto& scale : scales)
        scale = static_cast<std::uint8_t>(model.pick(127));
    const float global = modelopt ? 0.000371F : 2688 / 0.77F;
    model.add(modelopt ? "weight" : "weight_packed", DType::u8, {PackedModel::rows, PackedModel::cols / 2}, bytes);
    model.add("weight_scale", DType::f8_e4m3, {PackedModel::rows, blocks}, scales);
    model.add(modelopt ? "weight_scale_2" : "weight_global_scale", DType::f32, {1}, std::vector<float>{global});
    model.decoded([&](std::int64_t r, std::int64_t c) {
        const std::uint8_t code = codes[at(r * PackedModel::cols + c)];
        const double element = magnitude(e2m1, code & 7) * (code & 8 ? -1 : 1);
        const double product = element * e4m3_to_float(scales[at(r * blocks + c / 16)]);
        return (modelopt ? product * global : product / global) + 0.0;
    });
    model.check();
}

TEST(PackedModels, Nvfp4OfCompressedTensorsDividesByTheGlobalScale)
{
    check_nvfp4(false);
}

TEST(PackedModels, Nvfp4OfModelOptMultipliesBySecondScale)
{
    check_nvfp4(true);
}

/// GPTQ's first format stores zero points less one; the second as they are.
void check_gptq(bool second_format)
{
    PackedModel model;
    if (second_format)
        model.config = R"({"model_type": "toy", "quantization_config": {"checkpoint_format": "gptq_v2"}})";
    constexpr std::int64_t groups = 2;
    constexpr std::int64_t in = PackedModel::cols;
    constexpr std::int64_t out = PackedModel::rows;
    std::vector<std::uint32_t> codes(at(in * out)), zeros(at(groups * out));
    std::vector<std::int32_t> words(at(in / 8 * out), 0), zero_words(at(groups * out / 8), 0), order(at(in));
    const auto put = [](std::int32_t& word, std::uint32_t code, std::int64_t place) {
        word = static_cast<std::int32_t>(static_cast<std::uint32_t>(word) | code << (4 * place));
    };
    for (std::int64_t c = 0; c < in; ++c)
        for (std::int64_t r = 0; r < out; ++r) {
            codes[at(c * out + r)] = model.pick(16);
            put(words[at(c / 8 * out + r)], codes[at(c * out + r)], c % 8);
        }
    for (std::int64_t g = 0; g < groups; ++g)
        for (std::int64_t r = 0; r < out; ++r) {
            zeros[at(g * out + r)] = 1 + model.pick(15);
            put(zero_words[at((g * out + r) / 8)], zeros[at(g * out + r)] - (second_format ? 0 : 1), r % 8);
        }
    std::vector<float> scales(at(groups * out));
    for (float& scale : scales)
        scale = model.scale();
    for (std::int64_t c = 0; c < in; ++c)
        order[at(c)] = static_cast<std::int32_t>(c * 7 % in / (in / groups));  // act-order: groups are not neighbours
    model.add("qweight", DType::i32, {in / 8, out}, words);
    model.add("qzeros", DType::i32, {groups, out / 8}, zero_words);
    model.add("scales", DType::f16, {groups, out}, as_half(scales));
    model.add("g_idx", DType::i32, {in}, order);
    model.decoded([&](std::int64_t r, std::int64_t c) {
        const std::int64_t g = order[at(c)];
        return (static_cast<double>(codes[at(c * out + r)]) - zeros[at(g * out + r)]) * scales[at(g * out + r)];
    });
    model.check();
}

TEST(PackedModels, GptqWithZeroPointsLessOne)
{
    check_gptq(false);
}

TEST(PackedModels, GptqOfTheSecondFormat)
{
    check_gptq(true);
}

TEST(PackedModels, AwqWithItsOrderOfNibbles)
{
    PackedModel model;
    constexpr std::int64_t groups = 4;
    constexpr std::int64_t in = PackedModel::cols;
    constexpr std::int64_t out = PackedModel::rows;
    constexpr std::int64_t column_of_nibble[] = {0, 2, 4, 6, 1, 3, 5, 7};
    std::vector<std::uint32_t> codes(at(in * out)), zeros(at(groups * out));
    for (auto* all : {&codes, &zeros})
        for (std::uint32_t& code : *all)
            code = model.pick(16);
    const auto packed = [&](const std::vector<std::uint32_t>& all) {
        std::vector<std::int32_t> words(all.size() / 8, 0);
        for (std::int64_t word = 0; word < std::ssize(words); ++word)
            for (std::int64_t nibble = 0; nibble < 8; ++nibble)
                words[at(word)] =
                    static_cast<std::int32_t>(static_cast<std::uint32_t>(words[at(word)]) |
                                              all[at(word * 8 + column_of_nibble[nibble])] << (4 * nibble));
        return words;
    };
    std::vector<float> scales(at(groups * out));
    for (float& scale : scales)
        scale = model.scale();
    model.add("qweight", DType::i32, {in, out / 8}, packed(codes));
    model.add("qzeros", DType::i32, {groups, out / 8}, packed(zeros));
    model.add("scales", DType::f16, {groups, out}, as_half(scales));
    model.decoded([&](std::int64_t r, std::int64_t c) {
        const std::int64_t g = c / (in / groups);
        return (static_cast<double>(codes[at(c * out + r)]) - zeros[at(g * out + r)]) * scales[at(g * out + r)];
    });
    model.check();
}

void check_bitsandbytes(bool nested)
{
    PackedModel model;
    constexpr std::int64_t block = 64;
    std::vector<float> table(16);
    for (std::size_t i = 0; i < table.size(); ++i)
        table[i] = static_cast<float>(i) / 7.5F - 1;
    std::vector<std::uint8_t> codes(model.values.size()), bytes(model.values.size() / 2);
    for (std::size_t i = 0; i < codes.size(); ++i) {
        codes[i] = static_cast<std::uint8_t>(model.pick(16));
        bytes[i / 2] = static_cast<std::uint8_t>(bytes[i / 2] | codes[i] << (i % 2 == 0 ? 4 : 0));
    }
    std::vector<float> absmax(model.values.size() / block), nested_table(256), nested_absmax(12);
    std::vector<std::uint8_t> absmax_codes(absmax.size());
    std::string state = R"({"quant_type": "nf4", "blocksize": 64, "dtype": "bfloat16", "shape": [24, 64])";
    for (std::size_t i = 0; i < nested_table.size(); ++i)
        nested_table[i] = static_cast<float>(i) / 127.5F - 1;
    for (float& scale : nested_absmax)
        scale = model.scale();
    for (std::size_t i = 0; i < absmax.size(); ++i) {
        absmax_codes[i] = static_cast<std::uint8_t>(model.pick(256));
        const float product = nested_table[absmax_codes[i]] * nested_absmax[i / 2];
        absmax[i] = nested ? product + 0.25F : model.scale();
    }
    model.add("weight", DType::u8, {std::ssize(bytes), 1}, bytes);
    model.add("weight.quant_map", DType::f32, {16}, table);
    if (nested) {
        state += R"(, "nested_blocksize": 2, "nested_dtype": "float32", "nested_offset": 0.25)";
        model.add("weight.absmax", DType::u8, {std::ssize(absmax)}, absmax_codes);
        model.add("weight.nested_absmax", DType::f32, {12}, nested_absmax);
        model.add("weight.nested_quant_map", DType::f32, {256}, nested_table);
    } else {
        model.add("weight.absmax", DType::f32, {std::ssize(absmax)}, absmax);
    }
    state += "}";
    model.add("weight.quant_state.bitsandbytes__nf4", DType::u8, {std::ssize(state)},
              std::vector<std::uint8_t>(state.begin(), state.end()));
    model.decoded([&](std::int64_t r, std::int64_t c) {
        const std::int64_t i = r * PackedModel::cols + c;
        return table[codes[at(i)]] * absmax[at(i / block)];
    });
    model.check();
}

TEST(PackedModels, BitsandbytesWithPlainScales)
{
    check_bitsandbytes(false);
}

TEST(PackedModels, BitsandbytesWithNestedScales)
{
    check_bitsandbytes(true);
}

TEST(PackedModels, AShapeThatDoesNotFitIsSkippedWithAReason)
{
    TemporaryFolder folder;
    SafetensorsWriter writer;
    const std::vector<std::int32_t> words(24 * 8);
    const std::vector<std::uint16_t> scales(24 * 5);  // 64 columns are no five groups
    writer.add("m.q_proj.weight_packed", DType::i32, {24, 8}, std::span<const std::int32_t>(words));
    writer.add("m.q_proj.weight_scale", DType::f16, {24, 5}, std::span<const std::uint16_t>(scales));
    const std::vector<std::int64_t> shape{24, 64};
    writer.add("m.q_proj.weight_shape", DType::i64, {2}, std::span<const std::int64_t>(shape));
    writer.write(folder / "model.safetensors");
    write_text_file_atomically(folder / "config.json", R"({"model_type": "toy"})");
    const Checkpoint opened = Checkpoint::open(folder.path());
    EXPECT_TRUE(opened.inventory().matrices.empty());
    EXPECT_FALSE(opened.inventory().skipped.empty());
}

}  // namespace
}  // namespace specsweep::checkpoint
