#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "support/shared.hpp"
#include "support/temporary_folder.hpp"
#include "sweep/make_plan.hpp"
#include "sweep/summary.hpp"

namespace specsweep::sweep {
namespace {

std::filesystem::path jobs()
{
    return std::filesystem::path(SPECSWEEP_SOURCE_DIR) / "jobs";
}

TEST(Jobs, QuickstartPlansWithNothingButTheRepository)
{
    const Plan plan = make_plan(read_manifest(jobs() / "quickstart.yaml"));
    const PlanSummary summary = summarize(plan);
    EXPECT_EQ(summary.checkpoints, 2);
    EXPECT_EQ(summary.matrices, 2 * 4 * 6);
    EXPECT_EQ(summary.quantizers, 4);
    EXPECT_EQ(summary.units, summary.matrices * 5);
    EXPECT_EQ(plan.checkpoints[1].step, 3000);
    EXPECT_LT(summary.core_seconds, 60);
}

TEST(Jobs, MinilmLeavesOutTheWordEmbeddingOnly)
{
    SPECSWEEP_REQUIRE_SHARED(model, "models/all-MiniLM-L6-v2");
    ::setenv("MODELS", model.parent_path().c_str(), 1);
    const PlanSummary summary = summarize(make_plan(read_manifest(jobs() / "minilm.yaml")));
    ::unsetenv("MODELS");
    EXPECT_EQ(summary.quantizers, 8);
    EXPECT_EQ(summary.matrices, 6 * 6 + 3) << "6 blocks, position and type embeddings, pooler";
    ASSERT_EQ(summary.dropped.size(), 1u);
    EXPECT_EQ(summary.dropped[0].second, 1);
}

TEST(Jobs, CrossArchitectureNamesItsTenModels)
{
    TemporaryFolder models;
    for (const char* name : {"gpt2", "pythia-70m", "pythia-160m", "pythia-410m", "pythia-1b", "TinyLlama-1.1B",
                             "phi-1_5", "deepseek-coder-1.3b", "Qwen2.5-0.5B", "Qwen2.5-1.5B"})
        std::filesystem::create_directories(models / name);
    ::setenv("MODELS", models.path().c_str(), 1);
    const Manifest manifest = read_manifest(jobs() / "cross-architecture.yaml");
    ::unsetenv("MODELS");
    EXPECT_EQ(manifest.checkpoints.size(), 10u);
    ASSERT_EQ(manifest.quantizers.size(), 2u);
    EXPECT_EQ(zipped_size(manifest.quantizers[0]), 16);
    EXPECT_EQ(zipped_size(manifest.quantizers[1]), 4);
}

}  // namespace
}  // namespace specsweep::sweep
