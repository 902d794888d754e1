// Trained checkpoints of shared/models: what they hold, and that row panels give the bytes of the file.
#include <gtest/gtest.h>

#include <map>

#include "base/file.hpp"
#include "checkpoint/checkpoint.hpp"
#include "checkpoint/content_digest.hpp"
#include "checkpoint/finite.hpp"
#include "checkpoint/panel_reader.hpp"
#include "support/shared.hpp"
#include "test_model.hpp"

namespace specsweep::checkpoint {
namespace {

std::map<Role, int> count_roles(const Inventory& inventory)
{
    std::map<Role, int> count;
    for (const Matrix& matrix : inventory.matrices)
        ++count[matrix.role];
    return count;
}

/// Element by element from the file, without PanelReader.
float stored_value(const std::vector<std::byte>& bytes, DType dtype, std::int64_t element)
{
    const auto index = static_cast<std::size_t>(element * bits(dtype) / 8);
    std::vector<float> value(1);
    widen(dtype, std::span(bytes).subspan(index, static_cast<std::size_t>(bits(dtype) / 8)), std::span(value));
    return value[0];
}

/// Every matrix in panels of 256 rows, as a sweep reads it.
void expect_panels_hold_the_file(const Checkpoint& opened)
{
    for (const Matrix& matrix : opened.inventory().matrices) {
        const TensorLocation& tensor = opened.tensor(matrix.tensor);
        std::vector<std::byte> bytes(static_cast<std::size_t>(tensor.bytes));
        FileDescriptor(tensor.file).read(bytes, tensor.offset);
        EXPECT_EQ(content_digest(tensor), xxh3_128(bytes)) << matrix.name;
        PanelReader reader(tensor, matrix.slice);
        constexpr std::int64_t panel_rows = 256;
        for (std::int64_t first = 0; first < reader.rows(); first += panel_rows) {
            const std::int64_t rows = std::min(panel_rows, reader.rows() - first);
            std::vector<float> panel(static_cast<std::size_t>(rows * reader.cols()));
            reader.read_rows(first, rows, panel);
            EXPECT_FALSE(first_nonfinite(panel, reader.cols(), first).has_value()) << matrix.name;
            std::int64_t wrong = 0;
            for (std::int64_t row = 0; row < rows; ++row)
                for (std::int64_t col = 0; col < reader.cols(); ++col)
                    wrong += panel[static_cast<std::size_t>(row * reader.cols() + col)] !=
                                     stored_value(bytes, tensor.dtype, matrix.slice.element(first + row, col))
                                 ? 1
                                 : 0;
            ASSERT_EQ(wrong, 0) << matrix.name << " rows from " << first;
        }
    }
}

TEST(RealModels, MiniLM)
{
    SPECSWEEP_REQUIRE_SHARED(folder, "models/all-MiniLM-L6-v2");
    const Checkpoint opened = Checkpoint::open(folder);
    const Inventory& inventory = opened.inventory();
    EXPECT_EQ(inventory.model_type, "bert");
    EXPECT_TRUE(inventory.warnings.empty());
    EXPECT_TRUE(inventory.aliases.empty());
    auto count = count_roles(inventory);
    for (const Role role : {Role::attention_query, Role::attention_key, Role::attention_value, Role::attention_output,
                            Role::mlp_up, Role::mlp_down})
        EXPECT_EQ(count[role], 6) << name(role);
    EXPECT_EQ(count[Role::embedding], 2);
    EXPECT_EQ(count[Role::position_embedding], 1);
    EXPECT_EQ(count[Role::pooler], 1);
    EXPECT_EQ(inventory.matrices.size(), 40U);
    EXPECT_EQ(inventory.matrices.front().dtype, DType::bf16);
    expect_panels_hold_the_file(opened);
}

TEST(RealModels, ShakespeareGpt2)
{
    SPECSWEEP_REQUIRE_SHARED(folder, "models/shakespeare-gpt2/step3000");
    const Checkpoint opened = Checkpoint::open(folder);
    auto count = count_roles(opened.inventory());
    EXPECT_EQ(count[Role::attention_query], 4);
    EXPECT_EQ(count[Role::mlp_down], 4);
    EXPECT_EQ(count[Role::lm_head], 0);
    ASSERT_EQ(opened.inventory().aliases.size(), 1U);
    const Matrix* down = find_matrix(opened.inventory(), "transformer.h.3.mlp.c_proj.weight");
    ASSERT_NE(down, nullptr);
    EXPECT_EQ(down->slice.orientation, Orientation::in_out);
    EXPECT_EQ(down->slice.rows, 128);
    EXPECT_EQ(down->slice.cols, 512);
    expect_panels_hold_the_file(opened);
}

TEST(RealModels, ShakespeareNeox)
{
    SPECSWEEP_REQUIRE_SHARED(folder, "models/shakespeare-neox/step1000");
    const Checkpoint opened = Checkpoint::open(folder);
    auto count = count_roles(opened.inventory());
    EXPECT_GT(count[Role::attention_query], 0);
    EXPECT_EQ(count[Role::attention_query], count[Role::attention_value]);
    EXPECT_EQ(count[Role::lm_head], 1);
    EXPECT_TRUE(opened.inventory().aliases.empty());
    expect_panels_hold_the_file(opened);
}

TEST(RealModels, ShakespeareQwen2)
{
    SPECSWEEP_REQUIRE_SHARED(folder, "models/shakespeare-qwen2/step1000");
    const Checkpoint opened = Checkpoint::open(folder);
    auto count = count_roles(opened.inventory());
    for (const Role role : {Role::attention_query, Role::attention_key, Role::mlp_gate, Role::mlp_up, Role::mlp_down})
        EXPECT_EQ(count[role], 4) << name(role);
    ASSERT_EQ(opened.inventory().aliases.size(), 1U);
    EXPECT_FALSE(opened.inventory().aliases[0].in_file);
    const Matrix* key = find_matrix(opened.inventory(), "model.layers.0.self_attn.k_proj.weight");
    ASSERT_NE(key, nullptr);
    EXPECT_EQ(key->slice.rows, 64);  // two key/value heads of six
    EXPECT_EQ(key->slice.cols, 192);
    std::map<std::string, int> files;
    for (const Matrix& matrix : opened.inventory().matrices)
        ++files[opened.tensor(matrix.tensor).file.filename().string()];
    EXPECT_EQ(files.size(), 4U);
    expect_panels_hold_the_file(opened);
}

}  // namespace
}  // namespace specsweep::checkpoint
