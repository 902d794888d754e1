#include "checkpoint/packed_tensor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "test_model.hpp"

namespace specsweep::checkpoint {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::map<std::string, std::string> reasons(const Inventory& inventory)
{
    std::map<std::string, std::string> result;
    for (const SkippedTensor& skipped : inventory.skipped)
        result[skipped.tensor] = skipped.reason;
    return result;
}

TEST(PackedTensors, OfPublishedGptOssAreNamed)
{
    const std::string at = "model.layers.0.mlp.experts.";
    const Inventory inventory =
        inventory_of({listed(at + "gate_up_proj_blocks", {2, 6, 1, 16}, DType::u8),
                      listed(at + "gate_up_proj_scales", {2, 6, 1}, DType::u8),
                      listed(at + "gate_up_proj_bias", {2, 6}, DType::bf16),
                      listed("model.layers.0.mlp.router.weight", {2, 32}, DType::bf16)},
                     R"({"model_type": "gpt_oss", "hidden_size": 32, "num_local_experts": 2, "num_hidden_layers": 1})");
    const auto skipped = reasons(inventory);
    EXPECT_EQ(skipped.at(at + "gate_up_proj_blocks"),
              "packed quantized tensor (U8 codes, scales in model.layers.0.mlp.experts.gate_up_proj_scales)");
    EXPECT_EQ(skipped.at(at + "gate_up_proj_scales"), "scales of a packed quantized tensor");
    EXPECT_EQ(skipped.at(at + "gate_up_proj_bias"), "bias");
    EXPECT_EQ(inventory.matrices.size(), 1U);
    ASSERT_EQ(inventory.warnings.size(), 1U);
    EXPECT_THAT(inventory.warnings[0], HasSubstr("1 tensor is already quantized"));
}

struct Case {
    const char* what;
    std::vector<TensorLocation> packed, companions;
};

const Case cases[] = {
    {"GPTQ",
     {listed("l.0.q_proj.qweight", {4, 8}, DType::i32)},
     {listed("l.0.q_proj.qzeros", {1, 1}, DType::i32), listed("l.0.q_proj.scales", {2, 8}, DType::f16),
      listed("l.0.q_proj.g_idx", {32}, DType::i32)}},
    {"bitsandbytes 4 bit",
     {listed("l.0.q_proj.weight", {64, 1}, DType::u8)},
     {listed("l.0.q_proj.weight.absmax", {2, 2}), listed("l.0.q_proj.weight.quant_map", {16}),
      listed("l.0.q_proj.weight.quant_state.bitsandbytes__nf4", {70}, DType::u8)}},
    {"bitsandbytes 8 bit",
     {listed("l.0.q_proj.weight", {8, 8}, DType::i8)},
     {listed("l.0.q_proj.SCB", {8}), listed("l.0.q_proj.weight_format", {}, DType::u8)}},
    {"compressed-tensors",
     {listed("l.0.q_proj.weight_packed", {8, 1}, DType::i32)},
     {listed("l.0.q_proj.weight_scale", {8, 2}, DType::bf16), listed("l.0.q_proj.weight_shape", {2}, DType::i64)}},
    {"NVFP4",
     {listed("l.0.q_proj.weight", {8, 16}, DType::u8)},
     {listed("l.0.q_proj.weight_scale", {8, 2}, DType::f8_e4m3), listed("l.0.q_proj.weight_scale_2", {})}},
    {"block-scaled FP8",
     {listed("l.0.q_proj.weight", {256, 256}, DType::f8_e4m3)},
     {listed("l.0.q_proj.weight_scale_inv", {2, 2})}},
    {"MLX",
     {listed("l.0.q_proj.weight", {8, 4}, DType::u32)},
     {listed("l.0.q_proj.scales", {8, 2}, DType::f16), listed("l.0.q_proj.biases", {8, 2}, DType::f16)}},
    {"codes alone", {listed("l.0.q_proj.weight", {8, 4}, DType::u8)}, {}},
};

TEST(PackedTensors, OfEveryKindAreNamedWithTheirScales)
{
    for (const Case& c : cases) {
        std::vector<TensorLocation> tensors = c.packed;
        tensors.insert(tensors.end(), c.companions.begin(), c.companions.end());
        const Inventory inventory = inventory_of(tensors, R"({"model_type": "unheard-of"})");
        EXPECT_TRUE(inventory.matrices.empty()) << c.what;
        const auto skipped = reasons(inventory);
        for (const TensorLocation& tensor : c.packed)
            EXPECT_THAT(skipped.at(tensor.name), StartsWith("packed quantized tensor")) << c.what;
        for (const TensorLocation& tensor : c.companions)
            EXPECT_EQ(skipped.at(tensor.name), "scales of a packed quantized tensor") << c.what;
    }
}

TEST(PackedTensors, AreNotSeenInOrdinaryWeights)
{
    const Inventory inventory =
        inventory_of({listed("l.0.q_proj.weight", {8, 8}, DType::bf16), listed("l.0.q_proj.weight_scale", {8, 8}),
                      listed("l.0.k_proj.weight", {8, 8}, DType::f8_e4m3), listed("l.0.mix.scales", {8, 8}),
                      listed("l.0.token_ids", {8, 8}, DType::i64)},
                     "{}");
    EXPECT_EQ(inventory.matrices.size(), 4U);
    EXPECT_EQ(reasons(inventory).at("l.0.token_ids"), "integer tensor");
}

TEST(PackedTensors, InAKnownPlaceAreNamedAlthoughTheyStandAlone)
{
    const Inventory inventory = inventory_of({listed("layers.0.mlp.experts.down_proj", {2, 3, 4}, DType::u8)},
                                             R"({"model_type": "mixtral", "num_hidden_layers": 1})");
    EXPECT_EQ(reasons(inventory).at("layers.0.mlp.experts.down_proj"), "packed quantized tensor (U8 codes)");
}

}  // namespace
}  // namespace specsweep::checkpoint
