// Names and shapes of 23 published models, GPT-2 to Llama-3.1-405B (shared/reference/architectures/README.md): the
// logical matrices must be those that follow from the config, and all parameters must be accounted for.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <map>
#include <tuple>

#include "base/file.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "checkpoint/checkpoint.hpp"
#include "checkpoint/safetensors.hpp"
#include "support/safetensors_writer.hpp"
#include "support/shared.hpp"
#include "support/temporary_folder.hpp"
#include "test_model.hpp"

namespace specsweep::checkpoint {
namespace {

const char* const models[] = {
    "Llama-3.1-405B",
    "Llama-3.1-70B",
    "Llama-3.1-8B",
    "Mixtral-8x7B",
    "Qwen2.5-0.5B",
    "Qwen2.5-1.5B",
    "Qwen2.5-72B",
    "Qwen2.5-7B",
    "TinyLlama-1.1B",
    "bloom-560m",
    "deepseek-coder-1.3b-base",
    "falcon-7b",
    "gemma-2-2b",
    "gpt2-medium",
    "gpt2-xl",
    "gpt2",
    "opt-1.3b",
    "phi-1_5",
    "pythia-160m",
    "pythia-1b",
    "pythia-410m",
    "pythia-6.9b",
    "pythia-70m",
};

std::string replaced(std::string text, const std::string& what, std::int64_t number)
{
    const std::size_t at = text.find(what);
    return at == std::string::npos ? text : text.replace(at, what.size(), std::to_string(number));
}

class PublishedModel : public ::testing::TestWithParam<const char*> {
protected:
    void SetUp() override
    {
        SPECSWEEP_REQUIRE_SHARED(
            file, std::filesystem::path("reference/architectures/published") / (std::string(GetParam()) + ".json"));
        model_ = parse_json(read_text_file(file), file.string());
        dtype_ = parse_dtype(model_.at("dtype").get<std::string>()).value();
        for (const auto& [pattern, shape] : model_.at("tensors").items())
            add(pattern, shape.get<std::vector<std::int64_t>>(), dtype_);
        if (model_.contains("buffers"))
            for (const auto& [pattern, buffer] : model_.at("buffers").items())
                add(pattern, buffer.at("shape").get<std::vector<std::int64_t>>(),
                    parse_dtype(buffer.at("dtype").get<std::string>()).value_or(DType::boolean));
    }

    void add(const std::string& pattern, const std::vector<std::int64_t>& shape, DType dtype)
    {
        const std::int64_t layers = pattern.find("{i}") == std::string::npos ? 1 : model_.at("layers").get<int>();
        const std::int64_t experts = pattern.find("{e}") == std::string::npos ? 1 : model_.at("experts").get<int>();
        for (std::int64_t i = 0; i < layers; ++i)
            for (std::int64_t e = 0; e < experts; ++e)
                tensors_.push_back(listed(replaced(replaced(pattern, "{i}", i), "{e}", e), shape, dtype));
    }

    /// Two tensors hold the same bits exactly where the model says so.
    Inventory inventory() const
    {
        return inventory_of(tensors_, model_.at("config").dump(),
                            [this](const TensorLocation& a, const TensorLocation& b) { return tied(a.name, b.name); });
    }

    bool tied(const std::string& name, const std::string& of) const
    {
        for (const Json& alias : model_.value("tied", Json::array()))
            if (alias.at("name") == name && alias.at("of") == of)
                return true;
        return false;
    }

    bool is_tied(const std::string& name) const
    {
        for (const Json& alias : model_.value("tied", Json::array()))
            if (alias.at("name") == name || alias.at("of") == name)
                return true;
        return false;
    }

    std::int64_t size(std::initializer_list<const char*> keys, std::int64_t otherwise) const
    {
        const Json& config = model_.at("config");
        for (const char* key : keys)
            if (config.contains(key) && !config.at(key).is_null())
                return config.at(key).get<std::int64_t>();
        return otherwise;
    }

    /// Header-only files with a hole where the data would be, in three shards where the model is published in several.
    void write_sparse(const std::filesystem::path& folder) const
    {
        const bool sharded = model_.value("files", "").find("shards") != std::string::npos;
        const std::size_t shards = sharded ? 3 : 1;
        Json weight_map = Json::object();
        for (std::size_t shard = 0; shard < shards; ++shard) {
            const std::string name =
                sharded ? "model-0000" + std::to_string(shard + 1) + "-of-00003.safetensors" : "model.safetensors";
            Json header = {{"__metadata__", {{"format", "pt"}}}};
            std::int64_t end = 0;
            for (std::size_t i = shard; i < tensors_.size(); i += shards) {
                const TensorLocation& tensor = tensors_[i];
                header[tensor.name] = {{"dtype", specsweep::name(tensor.dtype)},
                                       {"shape", tensor.shape},
                                       {"data_offsets", {end, end + tensor.bytes}}};
                end += tensor.bytes;
                weight_map[tensor.name] = name;
            }
            const std::string text = header.dump();
            write_safetensors(folder / name, text.size(), text, {});
            std::filesystem::resize_file(folder / name, 8 + text.size() + static_cast<std::uintmax_t>(end));
            mark_tensors(folder / name);
        }
        if (sharded)
            write_text_file_atomically(folder / "model.safetensors.index.json",
                                       Json{{"metadata", Json::object()}, {"weight_map", weight_map}}.dump());
        write_text_file_atomically(folder / "config.json", model_.at("config").dump());
    }

    /// A hash of each tensor's name in its first bytes, so that only tied tensors are equal.
    void mark_tensors(const std::filesystem::path& file) const
    {
        std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
        for (const TensorLocation& tensor : read_safetensors_header(file)) {
            if (is_tied(tensor.name))
                continue;
            const auto mark = static_cast<std::uint16_t>(crc32(std::as_bytes(std::span(tensor.name))));
            stream.seekp(tensor.offset);
            stream.write(reinterpret_cast<const char*>(&mark), sizeof mark);
        }
    }

    Json model_;
    DType dtype_ = DType::f32;
    std::vector<TensorLocation> tensors_;
};

std::int64_t elements(const TensorLocation& tensor)
{
    return tensor.bytes * 8 / bits(tensor.dtype);
}

TEST_P(PublishedModel, AccountsForEveryParameterOnce)
{
    const Inventory found = inventory();
    EXPECT_TRUE(found.warnings.empty());
    std::map<std::string, std::int64_t> size_of;
    std::int64_t in_file = 0;
    for (const TensorLocation& tensor : tensors_) {
        size_of[tensor.name] = elements(tensor);
        in_file += elements(tensor);
    }
    EXPECT_EQ(static_cast<std::int64_t>(tensors_.size()), model_.at("tensor_count").get<std::int64_t>());
    EXPECT_EQ(in_file, model_.at("elements_in_file").get<std::int64_t>());
    std::int64_t parameters = 0;
    for (const Matrix& matrix : found.matrices)
        parameters += matrix.slice.rows * matrix.slice.cols;
    for (const SkippedTensor& skipped : found.skipped) {
        const bool parameter = skipped.reason == "bias" || skipped.reason == "norm";
        EXPECT_TRUE(parameter || skipped.reason.substr(0, 7) == "buffer:") << skipped.tensor << ": " << skipped.reason;
        parameters += parameter ? size_of.at(skipped.tensor) : 0;
    }
    EXPECT_EQ(parameters, model_.at("parameters").get<std::int64_t>());
}

TEST_P(PublishedModel, HasTheShapesThatFollowFromTheConfig)
{
    const std::int64_t hidden = size({"hidden_size", "n_embd", "n_embed"}, -1);
    const std::int64_t inner = size({"intermediate_size", "n_inner", "ffn_dim", "ffn_hidden_size"}, 4 * hidden);
    const std::int64_t heads = size({"num_attention_heads", "n_head"}, -1);
    const std::int64_t head_size = size({"head_dim"}, hidden / heads);
    const bool one_key = model_.at("config").value("multi_query", false);
    const std::int64_t keys = one_key ? 1 : size({"num_key_value_heads"}, heads);
    const std::int64_t vocabulary = size({"vocab_size"}, -1);
    const std::int64_t offset = model_.at("config").at("model_type") == "opt" ? 2 : 0;
    const std::int64_t positions = size({"n_positions", "max_position_embeddings"}, -1) + offset;
    const std::int64_t experts = size({"num_local_experts"}, -1);
    const std::map<Role, std::pair<std::int64_t, std::int64_t>> shape_of{
        {Role::embedding, {vocabulary, hidden}},
        {Role::lm_head, {vocabulary, hidden}},
        {Role::position_embedding, {positions, hidden}},
        {Role::attention_query, {heads * head_size, hidden}},
        {Role::attention_key, {keys * head_size, hidden}},
        {Role::attention_value, {keys * head_size, hidden}},
        {Role::attention_output, {hidden, heads * head_size}},
        {Role::mlp_up, {inner, hidden}},
        {Role::mlp_gate, {inner, hidden}},
        {Role::mlp_down, {hidden, inner}},
        {Role::expert_up, {inner, hidden}},
        {Role::expert_gate, {inner, hidden}},
        {Role::expert_down, {hidden, inner}},
        {Role::router, {experts, hidden}},
    };
    std::map<Role, std::int64_t> count;
    for (const Matrix& matrix : inventory().matrices) {
        ASSERT_EQ(shape_of.count(matrix.role), 1U) << matrix.name << " " << name(matrix.role);
        EXPECT_EQ(std::pair(matrix.slice.rows, matrix.slice.cols), shape_of.at(matrix.role)) << matrix.name;
        ++count[matrix.role];
    }
    const auto layers = model_.at("layers").get<std::int64_t>();
    for (const Role role : {Role::attention_query, Role::attention_key, Role::attention_value, Role::attention_output})
        EXPECT_EQ(count[role], layers) << name(role);
    EXPECT_EQ(count[Role::mlp_up] + count[Role::router], layers);
    EXPECT_EQ(count[Role::mlp_down], count[Role::mlp_up]);
    EXPECT_EQ(count[Role::expert_up], count[Role::router] * std::max<std::int64_t>(experts, 0));
    EXPECT_EQ(count[Role::expert_gate], count[Role::expert_up]);
    EXPECT_EQ(count[Role::expert_down], count[Role::expert_up]);
    EXPECT_EQ(count[Role::embedding], 1);
}

TEST_P(PublishedModel, ListsTiedTensorsOnce)
{
    using Row = std::tuple<std::string, std::string, bool>;
    std::vector<Row> expected;
    for (const Json& alias : model_.value("tied", Json::array()))
        expected.emplace_back(alias.at("name"), alias.at("of"), alias.at("in_file"));
    std::vector<Row> found;
    for (const Alias& alias : inventory().aliases)
        found.emplace_back(alias.name, alias.of, alias.in_file);
    EXPECT_EQ(found, expected);
}

TEST_P(PublishedModel, StoresConv1DTransposed)
{
    for (const Matrix& matrix : inventory().matrices) {
        const bool in_block = matrix.block_index >= 0;
        const bool gpt2 = model_.at("config").at("model_type") == "gpt2";
        EXPECT_EQ(matrix.slice.orientation, gpt2 && in_block ? Orientation::in_out : Orientation::out_in)
            << matrix.name;
    }
}

TEST_P(PublishedModel, OpensFromSparseFilesAlike)
{
    const TemporaryFolder folder;
    try {
        write_sparse(folder.path());
    } catch (const std::filesystem::filesystem_error& error) {
        GTEST_SKIP() << "no sparse file of this size here: " << error.what();
    }
    const Checkpoint opened = Checkpoint::open(folder.path());
    const Inventory expected = inventory();
    ASSERT_EQ(opened.inventory().matrices.size(), expected.matrices.size());
    for (std::size_t i = 0; i < expected.matrices.size(); ++i) {
        EXPECT_EQ(opened.inventory().matrices[i].name, expected.matrices[i].name);
        EXPECT_EQ(opened.inventory().matrices[i].slice, expected.matrices[i].slice);
    }
    EXPECT_EQ(opened.inventory().aliases.size(), expected.aliases.size());
    EXPECT_EQ(opened.inventory().skipped.size(), expected.skipped.size());
}

INSTANTIATE_TEST_SUITE_P(All, PublishedModel, ::testing::ValuesIn(models), [](const auto& info) {
    std::string name = info.param;
    for (char& c : name)
        c = std::isalnum(static_cast<unsigned char>(c)) == 0 ? '_' : c;
    return name;
});

TEST(PublishedModels, AreAllTested)
{
    SPECSWEEP_REQUIRE_SHARED(folder, "reference/architectures/published");
    std::set<std::string> there;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        there.insert(entry.path().stem().string());
    EXPECT_EQ(there, std::set<std::string>(std::begin(models), std::end(models)));
}

}  // namespace
}  // namespace specsweep::checkpoint
