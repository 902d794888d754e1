#include "checkpoint/architecture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "base/file.hpp"
#include "checkpoint/architecture_registry.hpp"
#include "checkpoint/builtin_architectures.hpp"
#include "support/temporary_folder.hpp"
#include "test_model.hpp"

namespace specsweep::checkpoint {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(Registry, KnowsEveryModelTypeOfTheIssue)
{
    for (const char* type : {"gpt2",  "gpt_neo", "gptj",    "gpt_neox", "gpt_bigcode", "opt",   "bloom",     "falcon",
                             "llama", "mistral", "mixtral", "qwen2",    "qwen2_moe",   "qwen3", "qwen3_moe", "phi",
                             "phi3",  "gemma",   "gemma2",  "gpt_oss",  "bert",        "t5"})
        EXPECT_NE(ArchitectureRegistry::builtin().find(type), nullptr) << type;
    EXPECT_EQ(ArchitectureRegistry::builtin().find("zephyrine"), nullptr);
    EXPECT_EQ(ArchitectureRegistry::builtin().find(""), nullptr);
}

TEST(Registry, HasOneFileForEachModelType)
{
    for (const BuiltinText& description : builtin_architectures())
        EXPECT_EQ(parse_architecture(description.text, description.file).model_type + ".yaml", description.file);
    EXPECT_EQ(builtin_architectures().size(), ArchitectureRegistry::builtin().model_types().size());
}

constexpr const char* description = R"(
model_type: zephyrine
prefixes: [backbone.]
sizes:
  width: {keys: [dim]}
  double: {default: 2 * width}
  layers: {keys: [depth]}
matrices:
  blocks.{block}.mix:
    in: width
    parts:
      up: {role: mlp_up, rows: width}
      gate: {role: mlp_gate, rows: width}
)";

TEST(Registry, IsExtendedByAFile)
{
    const TemporaryFolder folder;
    write_text_file_atomically(folder / "zephyrine.yaml", description);
    const auto registry = ArchitectureRegistry::builtin().extended_by(folder / "zephyrine.yaml");
    EXPECT_NE(registry.find("gpt2"), nullptr);
    EXPECT_EQ(ArchitectureRegistry::builtin().find("zephyrine"), nullptr);
    const Inventory inventory =
        inventory_of({listed("backbone.blocks.0.mix", {8, 4})}, R"({"model_type": "zephyrine", "dim": 4, "depth": 1})",
                     never_same, registry);
    ASSERT_EQ(inventory.matrices.size(), 2U);
    EXPECT_EQ(inventory.matrices[1].name, "backbone.blocks.0.mix#gate");
    EXPECT_EQ(inventory.matrices[1].slice.first, 4);
    EXPECT_TRUE(inventory.warnings.empty());
    EXPECT_THROW(ArchitectureRegistry::builtin().extended_by(folder / "missing.yaml"), IoError);
}

TEST(Registry, LetsAFileReplaceADescription)
{
    const auto registry = ArchitectureRegistry::builtin().extended_by_text(
        "model_type: gpt2\nmatrices: {w: {role: router, out: 3, in: 4}}\n", "mine.yaml");
    const Inventory inventory = inventory_of({listed("w", {3, 4})}, R"({"model_type": "gpt2"})", never_same, registry);
    ASSERT_EQ(inventory.matrices.size(), 1U);
    EXPECT_EQ(inventory.matrices[0].role, Role::router);
}

void expect_refused(const std::string& text, const std::string& place, const std::string& why)
{
    try {
        parse_architecture(text, "x.yaml");
        FAIL() << "accepted: " << text;
    } catch (const UsageError& error) {
        EXPECT_THAT(error.what(), AllOf(HasSubstr(place), HasSubstr(why)));
    }
}

TEST(Descriptions, AreRefusedWithThePlaceOfTheMistake)
{
    const std::string start = "model_type: x\nsizes: {width: {keys: [dim]}}\nmatrices:\n  w: ";
    expect_refused("matrices: {}", "x.yaml:1:1", "model_type");
    expect_refused("model_type: x", "x.yaml:1:1", "matrices");
    expect_refused("model_type: x\nmatrixes: {}\n", "x.yaml:2:1", "did you mean 'matrices'?");
    expect_refused(start + "{role: mlp_upp, out: width, in: width}", "x.yaml:4:13", "did you mean 'mlp_up'?");
    expect_refused(start + "{role: mlp_up, out: widht, in: width}", "x.yaml:4:26", "did you mean 'width'?");
    expect_refused(start + "{role: mlp_up, out: width *, in: width}", "x.yaml:4:26", "no size");
    expect_refused(start + "{role: mlp_up, in: width}", "x.yaml:4:6", "'out' is missing");
    expect_refused(start + "{role: mlp_up, out: width}", "x.yaml:4:6", "'in' is missing");
    expect_refused(start + "{role: mlp_up, out: width, in: width, stord: in_out}",
                   "x.yaml:4:", "did you mean 'stored'?");
    expect_refused(start + "{role: mlp_up, out: width, in: width, stored: inout}",
                   "x.yaml:4:", "accepted: out_in, in_out");
    expect_refused(start + "{role: mlp_up, out: width, in: width, in_blocks: odd}",
                   "x.yaml:4:", "accepted: dense, sparse");
    expect_refused(start + "{role: mlp_up, out: width, in: width, when: {flag: true}}",
                   "x.yaml:4:", "'flag' is not defined");
    expect_refused(start + "{in: width, role: router, parts: {a: {role: router, rows: width}}}",
                   "x.yaml:4:", "no role");
    expect_refused(start + "{in: width, parts: {a: {role: router}}}", "x.yaml:4:", "'rows' is missing");
    expect_refused("model_type: x\nsizes: {a: {default: b}, b: {keys: [c]}}\nmatrices: {}",
                   "x.yaml:2:", "'b' is not defined before");
    expect_refused("model_type: x\nmatrices: {'w.{layer}': {role: router, out: 1, in: 1}}",
                   "x.yaml:2:", "{block} and {expert}");
    expect_refused("model_type: [", "x.yaml", "not valid YAML");
}

TEST(Descriptions, StripPrefixesInOrderAndOnlyOnce)
{
    const Architecture opt = *ArchitectureRegistry::builtin().find("opt");
    EXPECT_EQ(without_prefixes(opt, "model.decoder.layers.0.fc1.weight"), "layers.0.fc1.weight");
    EXPECT_EQ(without_prefixes(opt, "decoder.layers.0.fc1.weight"), "layers.0.fc1.weight");
    EXPECT_EQ(without_prefixes(opt, "layers.0.fc1.weight"), "layers.0.fc1.weight");
    EXPECT_EQ(without_prefixes(opt, "module.model.decoder.x"), "x");
    EXPECT_EQ(without_prefixes(opt, "model.model.x"), "model.x");
    EXPECT_EQ(without_prefixes(opt, "mode"), "mode");
}

}  // namespace
}  // namespace specsweep::checkpoint
