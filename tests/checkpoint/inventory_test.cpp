// Tensor list + config → matrices, without files: disagreements, prefixes, ties, unknown and mixed models.
#include "checkpoint/inventory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "test_model.hpp"

namespace specsweep::checkpoint {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* llama_config = R"({"model_type": "llama", "hidden_size": 8, "intermediate_size": 12,
    "num_attention_heads": 4, "num_key_value_heads": 2, "num_hidden_layers": 2, "vocab_size": 20})";

std::vector<TensorLocation> llama(const std::string& prefix = "model.")
{
    std::vector<TensorLocation> tensors{listed(prefix + "embed_tokens.weight", {20, 8}),
                                        listed(prefix + "norm.weight", {8})};
    for (const std::string block : {"0", "1"}) {
        const std::string at = prefix + "layers." + block + ".";
        tensors.push_back(listed(at + "self_attn.q_proj.weight", {8, 8}));
        tensors.push_back(listed(at + "self_attn.k_proj.weight", {4, 8}));
        tensors.push_back(listed(at + "mlp.down_proj.weight", {8, 12}));
    }
    return tensors;
}

template <class Change>
std::string refusal(const Change& change, const char* config = llama_config)
{
    std::vector<TensorLocation> tensors = llama();
    change(tensors);
    try {
        inventory_of(tensors, config);
    } catch (const InputError& error) {
        return error.what();
    }
    return "accepted";
}

TensorLocation& named(std::vector<TensorLocation>& tensors, std::string_view name)
{
    for (TensorLocation& tensor : tensors)
        if (tensor.name == name)
            return tensor;
    throw std::out_of_range("no such tensor");
}

TEST(Inventory, NamesBothWhenConfigAndShapeDisagree)
{
    const auto with_shape = [](std::vector<std::int64_t> shape) {
        return refusal([&](auto& tensors) { named(tensors, "model.layers.1.self_attn.k_proj.weight").shape = shape; });
    };
    EXPECT_THAT(with_shape({8, 8}),
                AllOf(HasSubstr("model.layers.1.self_attn.k_proj.weight has shape [8, 8]"), HasSubstr("config.json"),
                      HasSubstr("[4, 8]"), HasSubstr("num_key_value_heads = 2"), HasSubstr("hidden_size = 8"),
                      HasSubstr("num_attention_heads = 4")));
    EXPECT_THAT(with_shape({8, 4}), HasSubstr("has shape [8, 4]"));
    EXPECT_THAT(with_shape({4}), HasSubstr("has shape [4]"));
    EXPECT_THAT(with_shape({4, 8, 1}), HasSubstr("has shape [4, 8, 1]"));
    EXPECT_THAT(with_shape({0, 8}), HasSubstr("has shape [0, 8]"));
    EXPECT_EQ(with_shape({4, 8}), "accepted");
}

TEST(Inventory, RefusesSizesThatDoNotDivide)
{
    EXPECT_THAT(refusal([](auto&) {}, R"({"model_type": "llama", "hidden_size": 8, "num_attention_heads": 3})"),
                AllOf(HasSubstr("hidden_size = 8"), HasSubstr("num_attention_heads = 3")));
    EXPECT_THAT(refusal([](auto&) {}, R"({"model_type": "llama", "hidden_size": 8, "num_attention_heads": 0})"),
                HasSubstr("num_attention_heads = 0"));
    EXPECT_THAT(refusal([](auto&) {}, R"({"model_type": "llama", "hidden_size": "8"})"), HasSubstr("hidden_size"));
    EXPECT_THAT(refusal([](auto&) {}, R"({"model_type": "llama", "hidden_size": -8})"), HasSubstr("hidden_size"));
    EXPECT_THAT(refusal([](auto&) {}, R"({"model_type": "llama", "tie_word_embeddings": 1})"),
                HasSubstr("tie_word_embeddings"));
    EXPECT_THAT(refusal([](auto&) {}, R"({"model_type": "llama", "num_attention_heads": 1099511627776,
        "head_dim": 1099511627776})"),
                HasSubstr("too large"));
}

TEST(Inventory, RefusesBlocksThatTheConfigDoesNotHaveOrThatAreMissing)
{
    EXPECT_THAT(refusal([](auto& tensors) {
                    tensors.push_back(listed("model.layers.2.mlp.down_proj.weight", {8, 12}));
                }),
                AllOf(HasSubstr("block 2"), HasSubstr("num_hidden_layers = 2")));
    EXPECT_THAT(refusal([](auto& tensors) { tensors.resize(5); }),
                AllOf(HasSubstr("block 1 is missing"), HasSubstr("num_hidden_layers = 2")));
    EXPECT_EQ(refusal([](auto& tensors) { tensors.resize(2); }), "accepted");  // embeddings alone
}

TEST(Inventory, RefusesANameThatStandsTwice)
{
    EXPECT_THAT(refusal([](auto& tensors) { tensors.push_back(tensors.front()); }), HasSubstr("twice"));
}

TEST(Inventory, ReadsNamesWithAndWithoutPrefixes)
{
    const Inventory usual = inventory_of(llama(), llama_config);
    for (const char* prefix : {"", "module.model.", "_orig_mod.model.", "module."}) {
        const Inventory other = inventory_of(llama(prefix), llama_config);
        ASSERT_EQ(other.matrices.size(), usual.matrices.size()) << prefix;
        for (std::size_t i = 0; i < usual.matrices.size(); ++i) {
            EXPECT_EQ(other.matrices[i].role, usual.matrices[i].role);
            EXPECT_EQ(other.matrices[i].block_index, usual.matrices[i].block_index);
            EXPECT_EQ(other.matrices[i].slice, usual.matrices[i].slice);
        }
        EXPECT_TRUE(other.warnings.empty());
    }
}

TEST(Inventory, SortsBlocksByNumber)
{
    std::vector<TensorLocation> tensors;
    for (int block = 11; block >= 0; --block)
        tensors.push_back(listed("h." + std::to_string(block) + ".mlp.c_fc.weight", {4, 16}));
    const Inventory inventory =
        inventory_of(tensors, R"({"model_type": "gpt2", "n_embd": 4, "n_layer": 12, "n_inner": null})");
    ASSERT_EQ(inventory.matrices.size(), 12U);
    for (int block = 0; block < 12; ++block)
        EXPECT_EQ(inventory.matrices[static_cast<std::size_t>(block)].block_index, block);
}

TEST(Inventory, WorksWhereTheConfigIsSilent)
{
    const Inventory inventory = inventory_of(llama(), R"({"model_type": "llama"})");
    EXPECT_EQ(inventory.matrices.size(), 7U);
    EXPECT_EQ(find_matrix(inventory, "model.layers.0.mlp.down_proj.weight")->role, Role::mlp_down);
}

TEST(Inventory, AsksForWhatAFusedTensorNeeds)
{
    const std::vector<TensorLocation> tensors{listed("gpt_neox.layers.0.attention.query_key_value.weight", {12, 4})};
    try {
        inventory_of(tensors, R"({"model_type": "gpt_neox", "hidden_size": 4})");
        FAIL() << "cut without knowing the heads";
    } catch (const InputError& error) {
        EXPECT_THAT(error.what(), AllOf(HasSubstr("num_attention_heads missing"), HasSubstr("query_key_value")));
    }
}

TEST(Inventory, GuessesForAnUnknownTypeAndWarnsOnce)
{
    const Inventory inventory = inventory_of(
        {listed("net.0.q_proj.weight", {3, 4}), listed("net.0.mystery", {5, 4}), listed("net.0.q_proj.bias", {3}),
         listed("net.empty", {0, 4}), listed("net.ids", {2, 2}, DType::i64), listed("net.conv.weight", {2, 2, 2})},
        R"({"model_type": "never-heard-of"})");
    ASSERT_EQ(inventory.matrices.size(), 2U);
    EXPECT_EQ(find_matrix(inventory, "net.0.q_proj.weight")->role, Role::attention_query);
    EXPECT_EQ(find_matrix(inventory, "net.0.mystery")->role, Role::other);
    EXPECT_EQ(inventory.skipped.size(), 4U);
    ASSERT_EQ(inventory.warnings.size(), 2U);
    EXPECT_THAT(inventory.warnings[0], AllOf(HasSubstr("never-heard-of"), HasSubstr("--architecture")));
    EXPECT_THAT(inventory.warnings[1], HasSubstr("without elements"));
    EXPECT_THAT(inventory_of({}, "{}").warnings, ElementsAre(HasSubstr("no model_type")));
}

TEST(Inventory, NamesAnEmptyMatrixWithItsShape)
{
    const Inventory inventory = inventory_of({listed("w", {0, 384})}, "{}");
    ASSERT_EQ(inventory.skipped.size(), 1U);
    EXPECT_EQ(inventory.skipped[0].reason, "empty matrix (0 x 384)");
    const Inventory known = inventory_of({listed("embed_tokens.weight", {0, 8})},
                                         R"({"model_type": "llama", "vocab_size": 0, "hidden_size": 8})");
    ASSERT_EQ(known.skipped.size(), 1U);
    EXPECT_EQ(known.skipped[0].reason, "empty matrix (0 x 8)");
    // 2⁶² planes of nothing take no time.
    const Inventory many = inventory_of({listed("layers.0.mlp.experts.down_proj", {std::int64_t{1} << 40, 0, 8})},
                                        R"({"model_type": "mixtral", "num_hidden_layers": 1})");
    EXPECT_EQ(many.skipped.size(), 1U);
}

TEST(Inventory, ListsStrangersInAKnownFamily)
{
    auto tensors = llama();
    tensors.push_back(listed("score.weight", {2, 8}));
    const Inventory inventory = inventory_of(tensors, llama_config);
    ASSERT_NE(find_matrix(inventory, "score.weight"), nullptr);
    EXPECT_THAT(inventory.warnings, ElementsAre(AllOf(HasSubstr("score.weight"), HasSubstr("llama"))));
}

constexpr const char* moe_config = R"({"model_type": "qwen3_moe", "hidden_size": 4, "intermediate_size": 12,
    "moe_intermediate_size": 6, "num_experts": 2, "num_hidden_layers": 4, "decoder_sparse_step": 2,
    "mlp_only_layers": [3]})";

/// Blocks 0 and 2 are dense because of the step, 3 because it is listed, 1 is a mixture of experts.
std::vector<TensorLocation> mixed_moe()
{
    std::vector<TensorLocation> tensors;
    for (const std::string block : {"0", "2", "3"})
        tensors.push_back(listed("model.layers." + block + ".mlp.up_proj.weight", {12, 4}));
    for (const std::string expert : {"0", "1"})
        tensors.push_back(listed("model.layers.1.mlp.experts." + expert + ".up_proj.weight", {6, 4}));
    return tensors;
}

TEST(MixedExperts, HaveTheirOwnSizesPerBlock)
{
    const Inventory inventory = inventory_of(mixed_moe(), moe_config);
    ASSERT_EQ(inventory.matrices.size(), 5U);
    EXPECT_EQ(find_matrix(inventory, "model.layers.1.mlp.experts.1.up_proj.weight")->role, Role::expert_up);
    EXPECT_EQ(find_matrix(inventory, "model.layers.1.mlp.experts.1.up_proj.weight")->expert, 1);
    EXPECT_EQ(find_matrix(inventory, "model.layers.3.mlp.up_proj.weight")->role, Role::mlp_up);
}

TEST(MixedExperts, MustStandInTheBlocksThatTheConfigSays)
{
    const auto refusal = [](const TensorLocation& tensor) -> std::string {
        auto tensors = mixed_moe();
        tensors.push_back(tensor);
        try {
            inventory_of(tensors, moe_config);
        } catch (const InputError& error) {
            return error.what();
        }
        return "accepted";
    };
    EXPECT_THAT(refusal(listed("model.layers.1.mlp.down_proj.weight", {4, 12})),
                AllOf(HasSubstr("mlp_only_layers"), HasSubstr("block 1 a mixture of experts")));
    EXPECT_THAT(refusal(listed("model.layers.3.mlp.gate.weight", {2, 4})), HasSubstr("block 3 dense"));
    EXPECT_THAT(refusal(listed("model.layers.1.mlp.experts.2.up_proj.weight", {6, 4})),
                AllOf(HasSubstr("expert 2"), HasSubstr("num_experts = 2")));
    EXPECT_THAT(refusal(listed("model.layers.1.mlp.experts.1.gate_proj.weight", {6, 4})),
                HasSubstr("expert 0 is missing"));
    EXPECT_THAT(refusal(listed("model.layers.1.mlp.gate.weight", {3, 4})), HasSubstr("num_experts = 2"));
}

TEST(FusedTensors, FollowEveryLayout)
{
    const auto rows_of = [](const Inventory& inventory, const char* slice) {
        std::vector<std::int64_t> rows;
        for (const Matrix& matrix : inventory.matrices)
            if (matrix.slice.name == slice)
                for (std::int64_t row = 0; row < matrix.slice.rows; ++row)
                    rows.push_back(matrix.slice.along(row));
        return rows;
    };
    const auto falcon = [](bool grouped, bool multi_query, std::int64_t rows) {
        const std::string config =
            std::string(R"({"model_type": "falcon", "hidden_size": 8, "num_attention_heads": 4, "num_kv_heads": 2,
            "new_decoder_architecture": )") +
            (grouped ? "true" : "false") + R"(, "multi_query": )" + (multi_query ? "true" : "false") + "}";
        return inventory_of({listed("transformer.h.0.self_attention.query_key_value.weight", {rows, 8})}, config);
    };
    for (const bool multi_query : {false, true}) {  // 2 groups of (2 query heads, key, value) of size 2
        const Inventory grouped = falcon(true, multi_query, 16);
        EXPECT_THAT(rows_of(grouped, "query"), ElementsAre(0, 1, 2, 3, 8, 9, 10, 11));
        EXPECT_THAT(rows_of(grouped, "key"), ElementsAre(4, 5, 12, 13));
        EXPECT_THAT(rows_of(grouped, "value"), ElementsAre(6, 7, 14, 15));
    }
    const Inventory one_key = falcon(false, true, 12);
    EXPECT_THAT(rows_of(one_key, "query"), ElementsAre(0, 1, 2, 3, 4, 5, 6, 7));
    EXPECT_THAT(rows_of(one_key, "key"), ElementsAre(8, 9));
    EXPECT_THAT(rows_of(one_key, "value"), ElementsAre(10, 11));
    const Inventory per_head = falcon(false, false, 24);
    EXPECT_THAT(rows_of(per_head, "query"), ElementsAre(0, 1, 6, 7, 12, 13, 18, 19));
    EXPECT_THAT(rows_of(per_head, "key"), ElementsAre(2, 3, 8, 9, 14, 15, 20, 21));
    EXPECT_THAT(rows_of(per_head, "value"), ElementsAre(4, 5, 10, 11, 16, 17, 22, 23));
    EXPECT_THROW(falcon(false, false, 12), InputError);
    const Inventory bigcode =
        inventory_of({listed("h.0.attn.c_attn.weight", {12, 4})},
                     R"({"model_type": "gpt_bigcode", "n_embd": 4, "n_head": 2, "multi_query": false})");
    EXPECT_THAT(rows_of(bigcode, "key"), ElementsAre(2, 3, 8, 9));
    const Inventory oss = inventory_of({listed("model.layers.0.mlp.experts.gate_up_proj", {2, 4, 6})},
                                       R"({"model_type": "gpt_oss", "hidden_size": 4, "intermediate_size": 3,
                                       "num_local_experts": 2})");
    EXPECT_THAT(rows_of(oss, "expert1.gate"), ElementsAre(0, 2, 4));
    EXPECT_THAT(rows_of(oss, "expert1.up"), ElementsAre(1, 3, 5));
    EXPECT_EQ(find_matrix(oss, "model.layers.0.mlp.experts.gate_up_proj#expert1.up")->slice.first_element, 24);
    EXPECT_EQ(find_matrix(oss, "model.layers.0.mlp.experts.gate_up_proj#expert1.up")->expert, 1);
}

}  // namespace
}  // namespace specsweep::checkpoint
