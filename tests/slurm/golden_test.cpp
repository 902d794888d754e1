// Scripts of every shipped profile against recorded ones, whole. SPECSWEEP_UPDATE_GOLDEN=1 records them anew: look at
// the difference before you commit it.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "base/error.hpp"
#include "base/file.hpp"
#include "slurm/generation.hpp"

namespace specsweep::slurm {
namespace {

const std::filesystem::path golden = std::filesystem::path(SPECSWEEP_SOURCE_DIR) / "tests" / "slurm" / "golden";

SweepSettings settings_of(const std::string& profile)
{
    SweepSettings settings;
    settings.name = "mlp-block-sizes";
    settings.plan = "/scratch/u/sweep/plan.json";
    settings.cut_sha256 = "3fa9c1d2" + std::string(56, '0');
    settings.result = "/scratch/u/sweep/mlp-block-sizes.h5";
    settings.program = "/home/u/bin/specsweep";
    settings.profile = Profile::load(profile, {});
    return settings;
}

std::vector<ShardNeed> two_classes()
{
    std::vector<ShardNeed> needs;
    for (int i = 0; i < 40; ++i)
        needs.push_back({.shard = i,
                         .memory_per_rank = i % 8 == 3 ? std::int64_t{4} << 30 : std::int64_t{256} << 20,
                         .seconds = 20000,
                         .longest_unit_seconds = 30});
    return needs;
}

Generation rendered(const std::string& profile)
{
    return render_generation(settings_of(profile), SweepFolder("/scratch/u/sweep"), 0, two_classes(),
                             {.most_tasks = 1001, .most_jobs = 0});
}

void expect_golden(const std::string& name, const std::string& text)
{
    const std::filesystem::path file = golden / name;
    if (std::getenv("SPECSWEEP_UPDATE_GOLDEN") != nullptr)
        std::ofstream(file) << text;
    EXPECT_EQ(text, read_text_file(file)) << file;
}

TEST(Golden, EveryProfile)
{
    for (const std::string& profile : Profile::names()) {
        const Generation generation = rendered(profile);
        ASSERT_EQ(generation.arrays.size(), 2u);
        expect_golden(profile + ".a0.sh", generation.arrays[0].script.text);
        expect_golden(profile + ".aggregate.sh", generation.aggregate->text);
    }
    expect_golden("generic.a1.sh", rendered("generic").arrays[1].script.text);
}

TEST(Render, IsAPureFunction)
{
    const Generation a = rendered("lumen");
    const Generation b = rendered("lumen");
    for (std::size_t i = 0; i < a.arrays.size(); ++i) {
        EXPECT_EQ(a.arrays[i].script.text, b.arrays[i].script.text);
        EXPECT_EQ(a.arrays[i].script.token, b.arrays[i].script.token);
    }
    EXPECT_NE(a.arrays[0].script.token, a.arrays[1].script.token);
}

TEST(Render, TheTokenFollowsTheText)
{
    SweepSettings other = settings_of("lumen");
    other.profile.set("account", {"project_x"}, "test");
    const Generation changed = render_generation(other, SweepFolder("/scratch/u/sweep"), 0, two_classes(), {});
    EXPECT_NE(changed.arrays[0].script.token, rendered("lumen").arrays[0].script.token);
    for (const JobScript& script : {changed.arrays[0].script, *changed.aggregate}) {
        EXPECT_NE(script.text.find(script.token), std::string::npos);
        EXPECT_NE(script.text.find("plan=3fa9c1d2"), std::string::npos);
        EXPECT_NE(script.text.find(script.job_name), std::string::npos);
    }
}

TEST(Render, WrongValuesAreRefused)
{
    const auto render_with = [](const std::string& key, const std::string& value) {
        SweepSettings settings = settings_of("generic");
        settings.profile.set(key, {value}, "test");
        return render_generation(settings, SweepFolder("/scratch/u/sweep"), 0, two_classes(), {});
    };
    EXPECT_THROW(render_with("lines", "rm -rf /"), UsageError);
    EXPECT_THROW(render_with("lines", "--x y=1"), UsageError);
    EXPECT_THROW(render_with("environment", "A B=1"), UsageError);
    EXPECT_THROW(render_with("environment", "A"), UsageError);
    EXPECT_THROW(render_with("scratch", "$(reboot)"), UsageError);
    EXPECT_NO_THROW(render_with("environment", "A=$(reboot)"));  // quoted
    SweepSettings settings = settings_of("generic");
    settings.profile.set("io_component", {"ompio"}, "test");
    settings.profile.set("io_variable", {"A B"}, "test");
    EXPECT_THROW(render_generation(settings, SweepFolder("/s"), 0, two_classes(), {}), UsageError);
    settings = settings_of("generic");
    settings.plan = "/scratch/a\nb";
    EXPECT_THROW(render_generation(settings, SweepFolder("/s"), 0, two_classes(), {}), UsageError);
}

TEST(ScriptFault, SeesWhatSlurmIgnores)
{
    EXPECT_EQ(script_fault("#!/bin/bash\n#SBATCH -n 1\n# x\n\n#SBATCH -N 1\necho\n"), "");
    EXPECT_NE(script_fault("\n#!/bin/bash\n"), "");
    EXPECT_NE(script_fault("#!/bin/bash\necho\n#SBATCH -n 1\n"), "");
}

TEST(TimeText, IsWhatSbatchReads)
{
    EXPECT_EQ(time_text(1), "00:01:00");
    EXPECT_EQ(time_text(90), "01:30:00");
    EXPECT_EQ(time_text(1440 + 61), "1-01:01:00");
}

}  // namespace
}  // namespace specsweep::slurm
