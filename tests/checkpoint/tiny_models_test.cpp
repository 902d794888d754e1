// Thirty small checkpoints whose logical matrices were taken from the models' own code
// (shared/reference/architectures/README.md): everything must come out as written there, the corners bit for bit.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "base/file.hpp"
#include "base/json.hpp"
#include "checkpoint/checkpoint.hpp"
#include "checkpoint/inventory_json.hpp"
#include "checkpoint/panel_reader.hpp"
#include "support/shared.hpp"
#include "test_model.hpp"

namespace specsweep::checkpoint {
namespace {

const char* const cases[] = {
    "bert",
    "bloom",
    "falcon-40b-style",
    "falcon-7b-style",
    "falcon-rw-style",
    "gemma",
    "gemma2",
    "gpt2",
    "gpt2-published",
    "gpt_bigcode",
    "gpt_neo",
    "gpt_neox",
    "gptj",
    "llama",
    "gpt_neox-published",
    "mistral",
    "mixtral",
    "moe-3d-gpt_oss",
    "opt",
    "phi",
    "moe-3d-mixtral",
    "opt-350m-style",
    "phi3",
    "qwen2-tied",
    "qwen3",
    "t5",
    "qwen2_moe",
    "qwen3_moe",
    "qwen3-without-prefix",
    "unknown",
};

class TinyModel : public ::testing::TestWithParam<const char*> {
protected:
    void SetUp() override
    {
        SPECSWEEP_REQUIRE_SHARED(folder, std::filesystem::path("reference/architectures/tiny") / GetParam());
        opened_ = Checkpoint::open(folder);
        const std::filesystem::path file = folder / "expected.json";
        expected_ = parse_json(read_text_file(file), file.string());
    }

    const Inventory& inventory() const { return opened_.inventory(); }

    Checkpoint opened_;
    Json expected_;
};

TEST_P(TinyModel, HasTheExpectedMatrices)
{
    EXPECT_EQ(inventory().model_type, expected_.at("model_type").get<std::string>());
    EXPECT_EQ(inventory().matrices.size(), expected_.at("matrices").size());
    for (const Json& expected : expected_.at("matrices")) {
        const auto name = expected.at("name").get<std::string>();
        const Matrix* matrix = find_matrix(inventory(), name);
        ASSERT_NE(matrix, nullptr) << name;
        EXPECT_EQ(matrix->tensor, expected.at("tensor").get<std::string>()) << name;
        EXPECT_EQ(matrix->slice.name, expected.at("slice").is_null() ? "" : expected.at("slice").get<std::string>());
        EXPECT_EQ(matrix->block_index, expected.at("block").get<int>()) << name;
        EXPECT_EQ(matrix->expert, expected.at("expert").get<int>()) << name;
        EXPECT_EQ(checkpoint::name(matrix->slice.orientation), expected.at("orientation").get<std::string>()) << name;
        EXPECT_EQ(specsweep::name(matrix->dtype), expected.at("dtype").get<std::string>()) << name;
        EXPECT_EQ(matrix->slice.rows, expected.at("rows").get<std::int64_t>()) << name;
        EXPECT_EQ(matrix->slice.cols, expected.at("cols").get<std::int64_t>()) << name;
        // The first of accept_roles is the one that interface.md asks for (a shared expert counts as mlp_*).
        EXPECT_EQ(checkpoint::name(matrix->role), expected.at("role").get<std::string>()) << name;
    }
}

TEST_P(TinyModel, HasTheExpectedValues)
{
    for (const Json& expected : expected_.at("matrices")) {
        const auto name = expected.at("name").get<std::string>();
        const Matrix* matrix = find_matrix(inventory(), name);
        ASSERT_NE(matrix, nullptr) << name;
        PanelReader reader(opened_.tensor(matrix->tensor), matrix->slice);
        const auto rows = static_cast<std::size_t>(reader.rows());
        const auto cols = static_cast<std::size_t>(reader.cols());
        std::vector<double> values(rows * cols);
        reader.read_rows(0, reader.rows(), values);
        const auto corners = expected.at("corners").get<std::vector<double>>();
        ASSERT_EQ(corners.size(), 4U);
        EXPECT_EQ(values[0], corners[0]) << name;
        EXPECT_EQ(values[cols - 1], corners[1]) << name;
        EXPECT_EQ(values[(rows - 1) * cols], corners[2]) << name;
        EXPECT_EQ(values[rows * cols - 1], corners[3]) << name;
        double sum = 0;
        double magnitude = 0;
        double squares = 0;
        for (const double value : values) {
            sum += value;
            magnitude += std::fabs(value);
            squares += value * value;
        }
        // Two orders of adding n numbers differ by at most 2 n u Σ|w|, u = 2⁻⁵³.
        const double n_u = static_cast<double>(values.size()) * 0x1p-53;
        EXPECT_NEAR(sum, expected.at("sum").get<double>(), 2 * n_u * magnitude) << name;
        EXPECT_NEAR(squares, expected.at("frobenius_squared").get<double>(), 4 * n_u * squares) << name;
    }
}

TEST_P(TinyModel, SkipsTheExpectedTensorsForTheExpectedReasons)
{
    std::map<std::string, std::string> skipped;
    for (const SkippedTensor& tensor : inventory().skipped)
        skipped[tensor.tensor] = tensor.reason;
    EXPECT_EQ(skipped, (expected_.at("skipped_reasons").get<std::map<std::string, std::string>>()));
    EXPECT_EQ(skipped.size(), expected_.at("skipped").size());
}

TEST_P(TinyModel, ListsTheExpectedAliases)
{
    using Row = std::tuple<std::string, std::string, bool>;
    std::set<Row> expected;
    for (const Json& alias : expected_.at("aliases"))
        expected.emplace(alias.at("name"), alias.at("of"), alias.at("in_file"));
    std::set<Row> found;
    for (const Alias& alias : inventory().aliases)
        found.emplace(alias.name, alias.of, alias.in_file);
    EXPECT_EQ(found, expected);
}

TEST_P(TinyModel, WarnsOnlyOfTheUnknownType)
{
    EXPECT_EQ(inventory().warnings.size(), std::string_view(GetParam()) == "unknown" ? 1U : 0U);
}

TEST_P(TinyModel, PrintsTheShapeOfInspectJson)
{
    const Json json = inventory_json(inventory());
    EXPECT_EQ(json.size(), 4U);
    EXPECT_EQ(json.at("model_type"), expected_.at("model_type"));
    EXPECT_EQ(json.at("aliases").size(), expected_.at("aliases").size());
    EXPECT_EQ(json.at("skipped").size(), expected_.at("skipped").size());
    ASSERT_EQ(json.at("matrices").size(), expected_.at("matrices").size());
    const Json& matrix = json.at("matrices").at(0);
    for (const char* key :
         {"matrix", "tensor", "slice", "role", "block_index", "expert", "rows", "cols", "orientation", "dtype"})
        EXPECT_TRUE(matrix.contains(key)) << key;
}

INSTANTIATE_TEST_SUITE_P(All, TinyModel, ::testing::ValuesIn(cases), [](const auto& info) {
    std::string name = info.param;
    for (char& c : name)
        c = c == '-' ? '_' : c;
    return name;
});

TEST(TinyModels, AreAllTested)
{
    SPECSWEEP_REQUIRE_SHARED(folder, "reference/architectures/tiny");
    std::set<std::string> there;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        there.insert(entry.path().filename().string());
    EXPECT_EQ(there, std::set<std::string>(std::begin(cases), std::end(cases)));
}

}  // namespace
}  // namespace specsweep::checkpoint
