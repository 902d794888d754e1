#include "sweep/make_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "checkpoint/content_digest.hpp"
#include "support/safetensors_writer.hpp"
#include "support/shared.hpp"
#include "support/temporary_folder.hpp"
#include "sweep/digest_cache.hpp"
#include "sweep/summary.hpp"

namespace specsweep::sweep {
namespace {

using testing::HasSubstr;

/// A checkpoint of an unknown type with the given 2-D float tensors.
void write_checkpoint(const std::filesystem::path& folder,
                      const std::vector<std::pair<std::string, std::vector<std::int64_t>>>& tensors, float first = 1)
{
    std::filesystem::create_directories(folder);
    write_text_file_atomically(folder / "config.json", R"({"model_type": "homemade"})");
    SafetensorsWriter writer;
    for (const auto& [name, shape] : tensors) {
        std::vector<float> values(static_cast<std::size_t>(shape[0] * shape[1]), 0.5F);
        if (!values.empty())
            values[0] = first++;
        writer.add(name, DType::f32, shape, std::span<const float>(values));
    }
    writer.write(folder / "model.safetensors");
}

Plan plan_of(const TemporaryFolder& folder, const std::string& text, const PlanOptions& options = {})
{
    return make_plan(parse_manifest(text, "m.yaml", folder.path()), options);
}

TEST(MakePlan, NamesTheLineOfAFolderThatIsNoCheckpoint)
{
    TemporaryFolder folder;
    write_checkpoint(folder / "model", {{"a.weight", {64, 32}}});
    std::filesystem::create_directory(folder / "empty");
    try {
        plan_of(folder, "checkpoints:\n  - model\n  - empty\nquantizers: [int]");
        FAIL() << "it was taken";
    } catch (const InputError& error) {
        EXPECT_THAT(error.what(), ::testing::HasSubstr("m.yaml:3:5: "));
        EXPECT_THAT(error.what(), ::testing::HasSubstr("is no checkpoint"));
    }
}

TEST(MakePlan, ReadsACheckpointAndKnowsWhereItsBytesAre)
{
    TemporaryFolder folder;
    write_checkpoint(folder / "model", {{"a.weight", {64, 32}}, {"b.weight", {32, 48}}});
    const Plan plan = plan_of(folder, "checkpoints: model\nquantizers: [int, nvfp4]");
    ASSERT_EQ(plan.matrices.size(), 2u);
    EXPECT_EQ(plan.units.size(), 6u);
    EXPECT_EQ(plan.checkpoints[0].id, "model");
    EXPECT_EQ(plan.checkpoints[0].model_type, "homemade");
    const PlanMatrix& matrix = plan.matrices[0];
    EXPECT_EQ(matrix.matrix.name, "a.weight");
    EXPECT_EQ(matrix.file_size,
              static_cast<std::int64_t>(std::filesystem::file_size(folder / "model/model.safetensors")));
    EXPECT_EQ(matrix.content_digest, checkpoint::content_digest(matrix.location));
    EXPECT_NE(matrix.content_digest, plan.matrices[1].content_digest);
    EXPECT_EQ(plan_to_text(plan_from_text(plan_to_text(plan), "p")), plan_to_text(plan));
}

TEST(MakePlan, TheSamePlanTwice)
{
    TemporaryFolder folder;
    write_checkpoint(folder / "model", {{"a.weight", {64, 32}}, {"b.weight", {32, 48}}});
    const std::string text = "checkpoints: model\nquantizers: [int, nvfp4]\nshards: {count: 2}";
    EXPECT_EQ(plan_to_text(plan_of(folder, text)), plan_to_text(plan_of(folder, text)));
}

TEST(MakePlan, IdentitiesSurviveMovingTheCheckpoint)
{
    TemporaryFolder folder;
    write_checkpoint(folder / "here", {{"a.weight", {64, 32}}});
    const Plan before = plan_of(folder, "checkpoints: here\nquantizers: int");
    std::filesystem::rename(folder / "here", folder / "there");
    const Plan after = plan_of(folder, "checkpoints: there\nquantizers: int");
    EXPECT_EQ(before.sweep_sha256, after.sweep_sha256);
    EXPECT_NE(before.cut_sha256, after.cut_sha256);
}

TEST(MakePlan, IdentitiesFollowTheContent)
{
    TemporaryFolder folder;
    write_checkpoint(folder / "model", {{"a.weight", {64, 32}}}, 1);
    const Plan before = plan_of(folder, "checkpoints: model\nquantizers: int");
    write_checkpoint(folder / "model", {{"a.weight", {64, 32}}}, 2);
    EXPECT_NE(plan_of(folder, "checkpoints: model\nquantizers: int").sweep_sha256, before.sweep_sha256);
}

TEST(MakePlan, MatricesAndRulesSelect)
{
    TemporaryFolder folder;
    write_checkpoint(folder / "model", {{"a.weight", {64, 32}}, {"b.weight", {32, 48}}, {"c.weight", {8, 8}}});
    const Plan plan = plan_of(
        folder, "checkpoints: model\nmatrices: {min_size: 16}\nexclude: ['matrix like \"b*\"']\nquantizers: int");
    ASSERT_EQ(plan.matrices.size(), 1u);
    EXPECT_EQ(plan.matrices[0].matrix.name, "a.weight");
    ASSERT_EQ(plan.dropped.size(), 2u);
    EXPECT_EQ(plan.dropped[0].rule, "exclude[0]: matrix like \"b*\"");
    EXPECT_EQ(plan.dropped[1].rule, "matrices.min_size");
}

TEST(MakePlan, ASweepWithoutMatricesSaysWhy)
{
    TemporaryFolder folder;
    write_checkpoint(folder / "model", {{"a.weight", {64, 32}}});
    try {
        plan_of(folder, "checkpoints: model\nmatrices: {include: nothing}");
        FAIL() << "accepted";
    } catch (const UsageError& error) {
        EXPECT_THAT(error.what(), AllOf(HasSubstr("selects no matrix"), HasSubstr("1 by matrices.include")));
    }
}

TEST(MakePlan, AMatrixWithoutElementsIsLeftOut)
{
    TemporaryFolder folder;
    write_checkpoint(folder / "model", {{"a.weight", {64, 32}}, {"empty.weight", {0, 32}}});
    const Plan plan = plan_of(folder, "checkpoints: model\nquantizers: int");
    EXPECT_EQ(plan.matrices.size(), 1u);
}

TEST(MakePlan, MemoryPerRankIsAPromise)
{
    TemporaryFolder folder;
    write_checkpoint(folder / "model", {{"a.weight", {64, 32}}});
    PlanOptions options;
    options.memory_per_rank = 50'000'000;
    try {
        plan_of(folder, "checkpoints: model\nquantizers: int", options);
        FAIL() << "accepted";
    } catch (const UsageError& error) {
        EXPECT_THAT(error.what(), AllOf(HasSubstr("model, a.weight"), HasSubstr("--memory-per-rank 101MB")));
    }
}

TEST(MakePlan, AnArchitectureFileThatIsNotThereIsAnError)
{
    TemporaryFolder folder;
    write_checkpoint(folder / "model", {{"a.weight", {64, 32}}});
    PlanOptions options;
    options.architecture_files = {folder / "missing.yaml"};
    EXPECT_THROW(plan_of(folder, "checkpoints: model", options), Error);
}

TEST(MakePlan, ATrajectoryOfRealCheckpoints)
{
    SPECSWEEP_REQUIRE_SHARED(models, "models/shakespeare-gpt2");
    const Manifest manifest = parse_manifest(
        "checkpoints: [{id: gpt2, path: '*', step: from_name}]\nmatrices: {roles: [mlp_up, attention_query]}\n"
        "quantizers: [{format: int, block: [32, 64]}, nvfp4]",
        "m.yaml", models);
    const Plan plan = make_plan(manifest);
    ASSERT_EQ(plan.checkpoints.size(), 9u);
    EXPECT_EQ(plan.checkpoints.front().step, 0);
    EXPECT_EQ(plan.checkpoints.back().step, 3000);
    EXPECT_EQ(plan.matrices.size(), 9u * 2 * 4);
    EXPECT_EQ(plan.units.size(), plan.matrices.size() * 4);
    std::set<std::string> ids;
    for (const PlanUnit& unit : plan.units)
        ids.insert(unit.id);
    EXPECT_EQ(ids.size(), plan.units.size()) << "weights move at every step";
    EXPECT_GT(summarize(plan).core_seconds, 0);
}

TEST(MakePlan, EqualCheckpointsAreComputedOnce)
{
    SPECSWEEP_REQUIRE_SHARED(model, "models/shakespeare-neox/step0");
    TemporaryFolder folder;
    std::filesystem::create_directory_symlink(model, folder / "again");
    std::filesystem::create_directory_symlink(model, folder / "first");
    const Plan plan = plan_of(
        folder, "checkpoints: [first, again]\nmatrices: {roles: mlp_up}\nquantizers: nvfp4\nshards: {count: 2}");
    const PlanSummary summary = summarize(plan);
    EXPECT_EQ(summary.shared_units, summary.units / 2);
    for (std::size_t row = 0; row < plan.units.size(); ++row)
        EXPECT_EQ(plan.units[row].shard, plan.units[static_cast<std::size_t>(plan.units[row].canonical_row)].shard);
}

TEST(DigestCache, SparesTheSecondReadingAndNoticesChange)
{
    TemporaryFolder folder;
    write_checkpoint(folder / "model", {{"a.weight", {64, 32}}}, 1);
    const auto file = folder / "model/model.safetensors";
    const auto old = std::filesystem::file_time_type::clock::now() - std::chrono::hours(1);
    std::filesystem::last_write_time(file, old);
    PlanOptions options;
    options.digest_cache = folder / "cache/digests.json";
    const Plan first = plan_of(folder, "checkpoints: model", options);
    ASSERT_TRUE(std::filesystem::exists(*options.digest_cache));

    // A lie in the cache is believed: so it was used.
    Json cache = parse_json(read_text_file(*options.digest_cache), "cache");
    for (auto& entry : cache["files"])
        for (auto& digest : entry["tensors"])
            digest = std::string(32, 'a');
    write_text_file_atomically(*options.digest_cache, cache.dump());
    EXPECT_EQ(plan_of(folder, "checkpoints: model", options).matrices[0].content_digest.hex(), std::string(32, 'a'));

    std::filesystem::last_write_time(file, old + std::chrono::seconds(1));
    EXPECT_EQ(plan_of(folder, "checkpoints: model", options).matrices[0].content_digest,
              first.matrices[0].content_digest);
}

TEST(DigestCache, DoesNotRememberAFileThatHasJustChanged)
{
    TemporaryFolder folder;
    write_checkpoint(folder / "model", {{"a.weight", {64, 32}}}, 1);
    PlanOptions options;
    options.digest_cache = folder / "digests.json";
    plan_of(folder, "checkpoints: model", options);
    EXPECT_THAT(read_text_file(*options.digest_cache), testing::Not(HasSubstr("model.safetensors")));
}

TEST(DigestCache, BrokenOrUnwritableCachesAreSilentlyIgnored)
{
    TemporaryFolder folder;
    write_checkpoint(folder / "model", {{"a.weight", {64, 32}}}, 1);
    PlanOptions options;
    const Plan plan = plan_of(folder, "checkpoints: model");
    for (const char* text : {"", "{", "[]", "{\"version\":1,\"files\":{\"x\":7}}", "{\"version\":99}"}) {
        options.digest_cache = folder / "digests.json";
        write_text_file_atomically(*options.digest_cache, text);
        EXPECT_EQ(plan_of(folder, "checkpoints: model", options).sweep_sha256, plan.sweep_sha256) << text;
    }
    options.digest_cache = folder / "model/config.json/digests.json";
    EXPECT_EQ(plan_of(folder, "checkpoints: model", options).sweep_sha256, plan.sweep_sha256);
}

TEST(DigestCache, LiesWhereCachesLie)
{
    const auto variable = [](const char* name) {
        return std::string(std::getenv(name) == nullptr ? "" : std::getenv(name));
    };
    const std::string home = variable("HOME"), cache = variable("XDG_CACHE_HOME");
    ::setenv("XDG_CACHE_HOME", "/somewhere", 1);
    EXPECT_EQ(default_digest_cache(), "/somewhere/specsweep/digests.json");
    ::unsetenv("XDG_CACHE_HOME");
    ::setenv("HOME", "/nowhere/someone", 1);
    EXPECT_EQ(default_digest_cache(), "/nowhere/someone/.cache/specsweep/digests.json");
    ::unsetenv("HOME");
    EXPECT_EQ(default_digest_cache(), std::nullopt);
    if (!home.empty())
        ::setenv("HOME", home.c_str(), 1);
    if (!cache.empty())
        ::setenv("XDG_CACHE_HOME", cache.c_str(), 1);
}

}  // namespace
}  // namespace specsweep::sweep
