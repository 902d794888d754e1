#include "checkpoint/ties.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test_model.hpp"

namespace specsweep::checkpoint {
namespace {

using ::testing::HasSubstr;

const TensorLocation embedding = listed("model.embed_tokens.weight", {20, 8});
const TensorLocation head = listed("lm_head.weight", {20, 8});

std::string llama(const char* tied)
{
    return std::string(R"({"model_type": "llama", "hidden_size": 8, "vocab_size": 20)") + tied + "}";
}

/// "alias < of (in file)" of each alias, then the matrices.
std::string summary(const Inventory& inventory)
{
    std::string text;
    for (const Alias& alias : inventory.aliases)
        text += alias.name + " < " + alias.of + (alias.in_file ? " (in file); " : "; ");
    for (const Matrix& matrix : inventory.matrices)
        text += matrix.name + " ";
    return text;
}

constexpr const char* yes = R"(, "tie_word_embeddings": true)";
constexpr const char* no = R"(, "tie_word_embeddings": false)";

TEST(Ties, FollowTheConfigKey)
{
    EXPECT_EQ(summary(inventory_of({embedding}, llama(yes))),
              "lm_head.weight < model.embed_tokens.weight; model.embed_tokens.weight ");
    EXPECT_EQ(summary(inventory_of({embedding}, llama(no))), "model.embed_tokens.weight ");
}

TEST(Ties, FollowTheFamilysHabitWhereTheConfigIsSilent)
{
    EXPECT_EQ(summary(inventory_of({embedding}, llama(""))), "model.embed_tokens.weight ");
    EXPECT_EQ(summary(inventory_of({embedding}, llama(", \"tie_word_embeddings\": null"))),
              "model.embed_tokens.weight ");
    EXPECT_EQ(summary(inventory_of({listed("wte.weight", {20, 8})}, R"({"model_type": "gpt2"})")),
              "lm_head.weight < wte.weight; wte.weight ");
}

TEST(Ties, FollowEqualBits)
{
    for (const char* tied : {yes, no, ""})
        EXPECT_EQ(summary(inventory_of({embedding, head}, llama(tied), always_same)),
                  "lm_head.weight < model.embed_tokens.weight (in file); model.embed_tokens.weight ");
    EXPECT_EQ(summary(inventory_of({embedding, head}, llama(no))), "lm_head.weight model.embed_tokens.weight ");
}

TEST(Ties, AreNotClaimedForTensorsThatDiffer)
{
    const Inventory inventory = inventory_of({embedding, head}, llama(yes));
    EXPECT_EQ(summary(inventory), "lm_head.weight model.embed_tokens.weight ");
    ASSERT_EQ(inventory.warnings.size(), 1U);
    EXPECT_THAT(inventory.warnings[0], HasSubstr("lm_head.weight"));
    // Another dtype cannot have the same bits, and is not even compared.
    const Inventory mixed =
        inventory_of({embedding, listed("lm_head.weight", {20, 8}, DType::bf16)}, llama(no), always_same);
    EXPECT_TRUE(mixed.aliases.empty());
}

TEST(Ties, ListTheNameThatTheFileHolds)
{
    EXPECT_EQ(summary(inventory_of({head}, llama(yes))), "embed_tokens.weight < lm_head.weight; lm_head.weight ");
    EXPECT_EQ(summary(inventory_of({head}, llama(no))), "lm_head.weight ");
}

TEST(Ties, ChainInT5)
{
    const auto t5 = [](std::vector<TensorLocation> tensors) {
        return summary(inventory_of(tensors, R"({"model_type": "t5", "d_model": 8, "vocab_size": 20})", always_same));
    };
    const TensorLocation decoder = listed("decoder.final_layer_norm.weight", {8});
    EXPECT_EQ(t5({listed("shared.weight", {20, 8})}), "encoder.embed_tokens.weight < shared.weight; shared.weight ");
    EXPECT_EQ(t5({listed("shared.weight", {20, 8}), listed("encoder.embed_tokens.weight", {20, 8}), head, decoder}),
              "encoder.embed_tokens.weight < shared.weight (in file); decoder.embed_tokens.weight < shared.weight; "
              "lm_head.weight < shared.weight (in file); shared.weight ");
    EXPECT_EQ(t5({listed("encoder.embed_tokens.weight", {20, 8}), decoder}),
              "shared.weight < encoder.embed_tokens.weight; decoder.embed_tokens.weight < encoder.embed_tokens.weight; "
              "lm_head.weight < encoder.embed_tokens.weight; encoder.embed_tokens.weight ");
}

TEST(Ties, OfBertNeedItsHead)
{
    const auto bert = [](std::vector<TensorLocation> tensors, const SameBits& same) {
        return summary(inventory_of(tensors, R"({"model_type": "bert", "hidden_size": 8, "vocab_size": 20})", same));
    };
    const TensorLocation words = listed("bert.embeddings.word_embeddings.weight", {20, 8});
    EXPECT_EQ(bert({words}, never_same), "bert.embeddings.word_embeddings.weight ");
    EXPECT_EQ(bert({words, listed("cls.predictions.bias", {20})}, never_same),
              "cls.predictions.decoder.weight < bert.embeddings.word_embeddings.weight; "
              "bert.embeddings.word_embeddings.weight ");
    EXPECT_EQ(bert({words, listed("cls.predictions.decoder.weight", {20, 8})}, always_same),
              "cls.predictions.decoder.weight < bert.embeddings.word_embeddings.weight (in file); "
              "bert.embeddings.word_embeddings.weight ");
}

TEST(Ties, OfAnUnknownFamilyFollowEqualBits)
{
    const std::vector<TensorLocation> tensors{listed("net.tok_embeddings.weight", {20, 8}),
                                              listed("lm_head.weight", {20, 8}),
                                              listed("net.pos_embeddings.weight", {20, 8})};
    EXPECT_EQ(
        summary(inventory_of(tensors, "{}", always_same)),
        "lm_head.weight < net.tok_embeddings.weight (in file); net.pos_embeddings.weight net.tok_embeddings.weight ");
    EXPECT_TRUE(inventory_of(tensors, "{}", never_same).aliases.empty());
}

}  // namespace
}  // namespace specsweep::checkpoint
