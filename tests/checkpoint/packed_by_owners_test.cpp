#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/half.hpp"
#include "checkpoint/checkpoint.hpp"
#include "checkpoint/panel_reader.hpp"
#include "checkpoint/safetensors.hpp"

namespace specsweep::checkpoint {
namespace {

const std::filesystem::path folder = SPECSWEEP_SOURCE_DIR "/tests/checkpoint/packed";

std::vector<float> read_all(const TensorLocation& location, const Slice& slice)
{
    PanelReader reader(location, slice);
    std::vector<float> values(static_cast<std::size_t>(reader.rows() * reader.cols()));
    reader.read_rows(0, reader.rows(), std::span(values));
    return values;
}

/// What the owner decodes in: our single rounding to fp32, rounded to it, must be the same, as the products of codes
/// and scales are exact in fp32 there.
float rounded_to(DType type, float value)
{
    if (type == DType::bf16)
        return bf16_to_float(float_to_bf16(value)) + 0.0F;
    return type == DType::f16 ? half_to_float(float_to_half(value)) + 0.0F : value + 0.0F;
}

class PackedByOwners : public testing::TestWithParam<const char*> {};

/// Files that compressed-tensors, GPTQModel, AutoAWQ, bitsandbytes and ModelOpt wrote (packed/generate.py), against
/// what the same packages decode.
TEST_P(PackedByOwners, DecodeAsTheirPackagesDo)
{
    const std::filesystem::path model = folder / GetParam();
    const Checkpoint opened = Checkpoint::open(model);
    ASSERT_EQ(opened.inventory().matrices.size(), 1U);
    EXPECT_TRUE(opened.inventory().skipped.empty());
    const Matrix& matrix = opened.inventory().matrices[0];
    EXPECT_EQ(matrix.name, "model.layers.0.self_attn.q_proj.weight");
    const TensorLocation& packed = opened.tensor(matrix.tensor);
    ASSERT_TRUE(packed.packing);
    const std::vector<float> decoded = read_all(packed, matrix.slice);

    const std::vector<TensorLocation> tensors = read_safetensors_header(model / "expected.safetensors");
    ASSERT_EQ(tensors.size(), 1U);
    const TensorLocation& weight = tensors[0];
    ASSERT_EQ(weight.shape, (std::vector<std::int64_t>{matrix.slice.rows, matrix.slice.cols}));
    const std::vector<float> expected = read_all(weight, matrix.slice);
    for (std::size_t i = 0; i < expected.size(); ++i)
        ASSERT_EQ(rounded_to(weight.dtype, decoded[i]), expected[i]) << "weight " << i;
}

std::string test_name(const testing::TestParamInfo<const char*>& parameter)
{
    std::string name = parameter.param;
    for (char& letter : name)
        letter = letter == '-' ? '_' : letter;
    return name;
}

INSTANTIATE_TEST_SUITE_P(Cases, PackedByOwners,
                         testing::Values("ct-int4-group", "ct-int4-group-asymmetric", "ct-int8-channel",
                                         "ct-int8-channel-asymmetric", "ct-int3-group-asymmetric", "ct-int8-plain",
                                         "ct-fp8-channel", "ct-fp8-tensor", "ct-fp8-block", "ct-nvfp4", "gptq-int4",
                                         "gptq-int4-reordered", "gptq-int8-symmetric", "gptq-int4-v2", "awq-int4",
                                         "bnb-nf4", "bnb-nf4-nested", "bnb-fp4", "modelopt-nvfp4"),
                         test_name);

}  // namespace
}  // namespace specsweep::checkpoint
