// What is read out of tensor names: patterns, order, guesses, reasons to skip.
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "checkpoint/guess.hpp"
#include "checkpoint/name_pattern.hpp"
#include "checkpoint/natural_order.hpp"
#include "checkpoint/role.hpp"
#include "checkpoint/skip_reason.hpp"
#include "test_model.hpp"

namespace specsweep::checkpoint {
namespace {

TEST(NamePattern, FindsBlockAndExpert)
{
    const auto pattern = NamePattern::parse("layers.{block}.experts.{expert}.w1.weight");
    const auto match = pattern.match("layers.12.experts.7.w1.weight");
    ASSERT_TRUE(match.has_value());
    EXPECT_EQ(match->block, 12);
    EXPECT_EQ(match->expert, 7);
    EXPECT_EQ(pattern.stack(), "layers.");
    EXPECT_TRUE(pattern.has_block());
    EXPECT_TRUE(pattern.has_expert());
    EXPECT_EQ(NamePattern::parse("wte.weight").match("wte.weight")->block, -1);
}

TEST(NamePattern, FitsWholeNamesOnly)
{
    const auto pattern = NamePattern::parse("h.{block}.attn.weight");
    for (const char* name :
         {"h..attn.weight", "h.a.attn.weight", "h.1.attn.weights", "h.1.attn", "xh.1.attn.weight", "h.-1.attn.weight",
          "h.01.attn.weight", "h.1234567890.attn.weight", "h.1 .attn.weight", ""})
        EXPECT_FALSE(pattern.match(name).has_value()) << name;
    EXPECT_TRUE(pattern.match("h.0.attn.weight").has_value());
    EXPECT_TRUE(pattern.match("h.999999999.attn.weight").has_value());
}

TEST(NamePattern, RefusesPlacesThatMakeNoSense)
{
    for (const char* text : {"", "{block}", "h.{layer}.w", "h.{block}.{block}.w", "h.{block", "h.{block}{expert}"})
        EXPECT_THROW(NamePattern::parse(text), UsageError) << text;
}

TEST(NaturalOrder, CountsNumbersByValueAndIsTotal)
{
    EXPECT_TRUE(natural_less("h.2.w", "h.10.w"));
    EXPECT_FALSE(natural_less("h.10.w", "h.2.w"));
    EXPECT_TRUE(natural_less("a", "a.b"));
    EXPECT_TRUE(natural_less("h.99999999999999999998", "h.99999999999999999999"));
    EXPECT_FALSE(natural_less("h.1", "h.1"));
    EXPECT_NE(natural_less("h.01", "h.1"), natural_less("h.1", "h.01"));
}

struct Hint {
    const char* name;
    Role role;
    int block = -1, expert = -1;
};

const Hint hints[] = {
    {"transformer.h.3.attn.q_proj.weight", Role::attention_query, 3},
    {"encoder.layer.0.attention.self.value.weight", Role::attention_value, 0},
    {"blocks.1.attn.proj.weight", Role::attention_output, 1},
    {"blocks.1.mlp.fc1.weight", Role::mlp_up, 1},
    {"blocks.1.attention.out_proj.weight", Role::attention_output, 1},
    {"layers.0.feed_forward.w1.weight", Role::mlp_gate, 0},
    {"layers.0.feed_forward.w2.weight", Role::mlp_down, 0},
    {"layers.0.feed_forward.w3.weight", Role::mlp_up, 0},
    {"layers.0.attention.wo.weight", Role::attention_output, 0},
    {"model.layers.5.mlp.experts.17.down_proj.weight", Role::expert_down, 5, 17},
    {"model.layers.5.mlp.gate.weight", Role::router, 5},
    {"model.layers.5.mlp.gate_proj.weight", Role::mlp_gate, 5},
    {"model.layers.5.mlp.shared_experts.up_proj.weight", Role::mlp_up, 5},
    {"model.embed_tokens.weight", Role::embedding},
    {"tok_embeddings.weight", Role::embedding},
    {"output.weight", Role::lm_head},
    {"lm_head.weight", Role::lm_head},
    {"wpe.weight", Role::position_embedding},
    {"embeddings.position_embeddings.weight", Role::position_embedding},
    {"pooler.dense.weight", Role::pooler},
    {"roberta.encoder.layer.3.intermediate.dense.weight", Role::mlp_up, 3},
    {"roberta.encoder.layer.3.output.dense.weight", Role::mlp_down, 3},
    {"roberta.encoder.layer.3.attention.output.dense.weight", Role::attention_output, 3},
    {"lm_head.dense.weight", Role::other},
    {"lm_head.decoder.weight", Role::lm_head},
    {"backbone.layers.0.mixer.out_proj.weight", Role::other, 0},
    {"layers.0.attn.qkv_proj.weight", Role::other, 0},
    {"classifier.weight", Role::other},
    {"w", Role::other},
};

TEST(Guess, FollowsTheUsualNames)
{
    for (const Hint& hint : hints) {
        const Guess guess = guess_from_name(hint.name);
        EXPECT_EQ(name(guess.role), name(hint.role)) << hint.name;
        EXPECT_EQ(guess.block_index, hint.block) << hint.name;
        EXPECT_EQ(guess.expert, hint.expert) << hint.name;
    }
    EXPECT_EQ(guess_from_name("h.99999999999.w").block_index, -1);
}

TEST(SkipReason, IsFoundFromDTypeShapeAndName)
{
    const auto reason = [](const char* name, std::vector<std::int64_t> shape, DType dtype = DType::f32) {
        return skip_reason(listed(name, std::move(shape), dtype)).value_or("");
    };
    EXPECT_EQ(reason("a.weight", {3, 4}), "");
    EXPECT_EQ(reason("a.norm.proj.weight", {3, 4}), "");
    EXPECT_EQ(reason("a.bias", {3}), "bias");
    EXPECT_EQ(reason("experts.down_proj_bias", {2, 3}), "bias");
    EXPECT_EQ(reason("a.ln_1.weight", {3}), "norm");
    EXPECT_EQ(reason("a.LayerNorm.bias", {3}), "norm");
    EXPECT_EQ(reason("h.0.attn.bias", {1, 1, 4, 4}), "buffer: attention mask");
    EXPECT_EQ(reason("rotary_emb.inv_freq", {4}), "buffer: rotary frequencies");
    EXPECT_EQ(reason("t", {}), "scalar");
    EXPECT_EQ(reason("t", {3}), "not 2-D");
    EXPECT_EQ(reason("conv.weight", {3, 4, 5}), "not 2-D");
    EXPECT_EQ(reason("w", {0, 5}), "empty matrix (0 x 5)");
    EXPECT_EQ(reason("mask", {4, 4}, DType::boolean), "buffer: boolean mask");
    EXPECT_EQ(reason("ids", {4, 4}, DType::i64), "integer tensor");
    EXPECT_EQ(reason("w", {4, 4}, DType::c64), "no weight dtype (C64)");
    EXPECT_EQ(reason("w", {4, 4}, DType::f8_e8m0), "no weight dtype (F8_E8M0)");
}

TEST(Roles, HaveNamesThatReadBack)
{
    EXPECT_EQ(all_roles().size(), 16U);
    for (const Role role : all_roles())
        EXPECT_EQ(parse_role(name(role)), role);
    EXPECT_EQ(name(Role::attention_query), "attention_query");
    EXPECT_EQ(name(Role::other), "other");
    EXPECT_EQ(parse_role("mlp"), std::nullopt);
    EXPECT_EQ(role_names().size(), 16U);
}

}  // namespace
}  // namespace specsweep::checkpoint
