#include "sweep/manifest.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/error.hpp"
#include "base/file.hpp"
#include "support/temporary_folder.hpp"

namespace specsweep::sweep {
namespace {

using testing::HasSubstr;

class ManifestTest : public testing::Test {
protected:
    Manifest parse(const std::string& text) const
    {
        return parse_manifest("checkpoints: .\n" + text, "m.yaml", folder.path());
    }

    std::string problem(const std::string& text) const
    {
        try {
            parse(text);
        } catch (const UsageError& error) {
            return error.what();
        }
        return "accepted";
    }

    TemporaryFolder folder;
};

TEST_F(ManifestTest, DefaultsAreThoseOfTheDocument)
{
    const Manifest manifest = parse("# nothing else");
    EXPECT_EQ(manifest.name, "sweep");
    EXPECT_EQ(manifest.tolerance, 1e-4);
    EXPECT_EQ(manifest.certificate, "probabilistic");
    EXPECT_EQ(manifest.seed, 0);
    EXPECT_EQ(manifest.metrics, "full");
    EXPECT_FALSE(manifest.shards.count);
    EXPECT_FALSE(manifest.shards.minutes);
    EXPECT_TRUE(manifest.quantizers.empty());
    EXPECT_TRUE(manifest.matrices.roles.empty());
    EXPECT_EQ(manifest.matrices.min_size, 1);
    ASSERT_EQ(manifest.checkpoints.size(), 1u);
    EXPECT_EQ(manifest.checkpoints[0].id, ".");
}

/// Word for word from interface.md §2, with the paths that exist here.
TEST_F(ManifestTest, TheExampleOfTheInterface)
{
    for (const char* path : {"gpt2", "pythia-70m/step0", "pythia-70m/step1000"})
        std::filesystem::create_directories(folder / path);
    ::setenv("SPECSWEEP_TEST_MODELS", folder.path().c_str(), 1);
    const Manifest manifest = parse_manifest(R"(
name: mlp-block-sizes
checkpoints:                                   # a path, a glob, or a mapping; relative to the manifest's folder; ${VAR} and ~ expand
  - path: ${SPECSWEEP_TEST_MODELS}/gpt2
  - {id: pythia-70m, path: "${SPECSWEEP_TEST_MODELS}/pythia-70m/step*", step: from_name}      # a trajectory
matrices: {roles: [mlp_up, mlp_gate, mlp_down], blocks: 0-11, include: ["*"], exclude: ["*lm_head*"], min_size: 32}
quantizers:
  - {format: int, bits: [2, 3, 4, 8], block: [16, 32, 64, 128], scheme: [symmetric, asymmetric]}
  - {format: nvfp4, block: [1x16, 16x16]}
  - uniform
exclude: ["format == int and bits == 2 and block > 64"]
metrics: full                                  # or fast: stable rank and energy only
tolerance: 1e-4                                # relative, of each sigma; certificate: probabilistic | worst-case
seed: 0
shards: {minutes: 30}                          # or count: 8
)",
                                             "m.yaml", folder.path());
    ::unsetenv("SPECSWEEP_TEST_MODELS");
    EXPECT_EQ(manifest.name, "mlp-block-sizes");
    ASSERT_EQ(manifest.checkpoints.size(), 3u);
    EXPECT_EQ(manifest.checkpoints[2].id, "pythia-70m");
    EXPECT_EQ(manifest.checkpoints[2].step, 1000);
    EXPECT_EQ(manifest.quantizers.size(), 3u);
    EXPECT_EQ(zipped_size(manifest.quantizers[0]), 32);
    EXPECT_EQ(manifest.exclude.size(), 1u);
    EXPECT_EQ(manifest.shards.minutes, 30);
}

TEST_F(ManifestTest, UnknownKeysNameTheNearest)
{
    EXPECT_THAT(problem("quantisers: [int]"), AllOf(HasSubstr("m.yaml:2:1"), HasSubstr("'quantizers'")));
    EXPECT_THAT(problem("shards: {cuont: 3}"), AllOf(HasSubstr("m.yaml:2:10"), HasSubstr("'count'")));
    EXPECT_THAT(problem("matrices: {role: mlp_up}"), HasSubstr("'roles'"));
}

TEST_F(ManifestTest, ValuesOutOfRangeAreRefusedWithWhatIsAccepted)
{
    for (const char* tolerance : {"0", "-1", "1", "inf", "nan", "abc", "[1]"})
        EXPECT_THAT(problem(std::string("tolerance: ") + tolerance), HasSubstr("m.yaml:2:12")) << tolerance;
    EXPECT_THAT(problem("certificate: worst"), AllOf(HasSubstr("m.yaml:2:14"), HasSubstr("worst-case")));
    EXPECT_THAT(problem("seed: -1"), HasSubstr("must not be negative"));
    EXPECT_THAT(problem("seed: 1.5"), HasSubstr("not a whole number"));
    EXPECT_THAT(problem("shards: {count: 0}"), HasSubstr("0 shards are not possible"));
    EXPECT_THAT(problem("shards: {minutes: 0}"), HasSubstr("'0' minutes"));
    EXPECT_THAT(problem("shards: {}"), HasSubstr("one of count and minutes"));
    EXPECT_THAT(problem("shards: {count: 1, minutes: 2}"), HasSubstr("one of count and minutes"));
    EXPECT_THAT(problem("shards: 8"), HasSubstr("m.yaml:2:9"));
    for (const char* name : {"'a b'", "../x", "'a/b'", ".hidden", "-x", "''", "'a\\nb'", "'$(x)'"})
        EXPECT_THAT(problem(std::string("name: ") + name), HasSubstr("is not a name for a sweep")) << name;
}

TEST_F(ManifestTest, FastMetricsComeLater)
{
    EXPECT_THAT(problem("metrics: fats"), HasSubstr("'fast'"));
}

TEST_F(ManifestTest, ExpressionsAreCheckedWhereTheyStand)
{
    EXPECT_THAT(problem("exclude:\n  - bits == 2\n  - formt == int"),
                AllOf(HasSubstr("m.yaml:4:5"), HasSubstr("'formt' is not a field"), HasSubstr("'format'")));
    EXPECT_EQ(parse("exclude: bits == 2").exclude.front().name, "exclude[0]: bits == 2");
}

TEST_F(ManifestTest, DerivedFieldsAreSortedAndMayNotGoInCircles)
{
    const Manifest manifest = parse("derive: {a: b + 1, b: c * 2, c: rows}");
    ASSERT_EQ(manifest.derive.size(), 3u);
    EXPECT_EQ(manifest.derive[0].name, "c");
    EXPECT_EQ(manifest.derive[1].name, "b");
    EXPECT_EQ(manifest.derive[2].name, "a");
    EXPECT_THAT(problem("derive: {a: b + 1, b: c, c: a}"),
                AllOf(HasSubstr("m.yaml:2:10"), HasSubstr("'a' depends on itself"), HasSubstr("a → b → c → a")));
    EXPECT_THAT(problem("derive: {a: a + 1}"), HasSubstr("a → a"));
    EXPECT_THAT(problem("derive: {rows: cols}"), HasSubstr("'rows' is a field already"));
    EXPECT_THAT(problem("derive: {a b: cols}"), HasSubstr("is not a name"));
    EXPECT_THAT(problem("derive: {a: rows > 1}"), HasSubstr("a value was expected"));
    EXPECT_THAT(problem("derive: {a: rows}\nexclude: [a == 1]"), HasSubstr("'a' is not a field"))
        << "exclude comes first";
}

TEST_F(ManifestTest, AQuantizersOwnParametersMayNotGoInCircles)
{
    const std::string quantizer = "include:\n  - format: int\n    derive: ";
    EXPECT_THAT(
        problem(quantizer + "{bits: block / 8, block: bits * 8}"),
        AllOf(HasSubstr("m.yaml:4:14"), HasSubstr("'bits' depends on itself"), HasSubstr("bits → block → bits")));
    EXPECT_THAT(problem(quantizer + "{block: block / 2}"), AllOf(HasSubstr("m.yaml:4:14"), HasSubstr("block → block")));
    EXPECT_EQ(problem(quantizer + "{block: cols / 16}"), "accepted");
}

TEST_F(ManifestTest, BrokenYamlNamesItsPosition)
{
    EXPECT_THAT(problem("name: [a"), HasSubstr("m.yaml:"));
    EXPECT_THAT(problem("name: a\nname: b"), HasSubstr("stands twice"));
    EXPECT_THROW(parse_manifest("just text", "m.yaml", folder.path()), UsageError);
    EXPECT_THROW(parse_manifest("", "m.yaml", folder.path()), UsageError);
    EXPECT_THROW(parse_manifest("name: x", "m.yaml", folder.path()), UsageError) << "no checkpoints";
}

TEST_F(ManifestTest, DamagedTextsEndInAUsageErrorOrAManifest)
{
    const std::string text = R"yaml(name: a
checkpoints: [{path: ., id: x, step: 3}]
matrices: {roles: [mlp_up], blocks: [0-11, 3], include: ["*"], exclude: "x", min_size: 32}
quantizers: [{format: int, bits: [2, 3], block: [16, 32], zip: [bits, block], matrices: {roles: mlp_up}}, nvfp4]
exclude: ["format == int and (bits == 2 or block > 64)", "rows in [1, 2]"]
include: ["int:bits=2"]
derive: {a1: cols / 16, b1: a1 + 1}
shards: {count: 8}
)yaml";
    std::mt19937 random(23);
    const std::string alphabet = "{}[]:,'\"#-*&!|>%@ \n\tax0.5=()";
    int accepted = 0;
    for (int trial = 0; trial < 1500; ++trial) {
        std::string damaged = text;
        for (int edits = 0; edits <= trial % 3; ++edits)
            damaged[random() % damaged.size()] = alphabet[random() % alphabet.size()];
        try {
            parse_manifest(damaged, "m.yaml", folder.path());
            ++accepted;
        } catch (const UsageError& error) {
            EXPECT_THAT(error.what(), HasSubstr("m.yaml"));
        }
    }
    EXPECT_GT(accepted, 10);
    EXPECT_LT(accepted, 1490);
}

TEST_F(ManifestTest, TheDefaultNameIsTheFilesOwn)
{
    write_text_file_atomically(folder / "my sweep.v2.yaml", "checkpoints: .");
    EXPECT_EQ(read_manifest(folder / "my sweep.v2.yaml").name, "my-sweep.v2");
    write_text_file_atomically(folder / "b.yaml", "{name: other, checkpoints: .}");
    EXPECT_EQ(read_manifest(folder / "b.yaml").name, "other");
    EXPECT_THROW(read_manifest(folder / "missing.yaml"), IoError);
}

TEST_F(ManifestTest, ArgumentsOfTheCommandLineBecomeAManifest)
{
    std::filesystem::create_directories(folder / "a/model \"x\": y");
    std::filesystem::create_directories(folder / "b");
    ManifestArguments arguments;
    arguments.name = "mine";
    arguments.checkpoints = {folder / "a/model \"x\": y", (folder / "b").string() + "/"};
    arguments.quantizers = {"int:bits=4,block=32", "nvfp4"};
    arguments.roles = {"mlp_up", "mlp_down"};
    arguments.tolerance = 1e-6;
    arguments.certificate = "worst-case";
    arguments.seed = 3;
    const Manifest manifest = manifest_from_arguments(arguments);
    EXPECT_EQ(manifest.name, "mine");
    ASSERT_EQ(manifest.checkpoints.size(), 2u);
    EXPECT_EQ(manifest.checkpoints[0].id, "model \"x\": y");
    EXPECT_EQ(manifest.checkpoints[0].path, folder / "a/model \"x\": y");
    EXPECT_EQ(manifest.checkpoints[1].id, "b");
    EXPECT_EQ(manifest.quantizers.size(), 2u);
    EXPECT_EQ(manifest.matrices.roles.size(), 2u);
    EXPECT_EQ(manifest.tolerance, 1e-6);
    EXPECT_EQ(manifest.certificate, "worst-case");
    EXPECT_EQ(manifest.seed, 3);
    EXPECT_THROW(manifest_from_arguments({}), UsageError);
    arguments.quantizers = {"itn"};
    EXPECT_THROW(manifest_from_arguments(arguments), UsageError);
}

TEST_F(ManifestTest, TwoFoldersOfOneNameKeepTheirPathsAsIds)
{
    std::filesystem::create_directories(folder / "a/step0");
    std::filesystem::create_directories(folder / "b/step0");
    ManifestArguments arguments;
    arguments.checkpoints = {folder / "a/step0", folder / "b/step0"};
    const Manifest manifest = manifest_from_arguments(arguments);
    EXPECT_EQ(manifest.checkpoints[0].id, (folder / "a/step0").string());
}

}  // namespace
}  // namespace specsweep::sweep
