#include "bench/sweep/scale.hpp"

#include <algorithm>
#include <filesystem>

#include "base/format.hpp"
#include "base/json.hpp"
#include "base/memory.hpp"
#include "bench/sweep/lap.hpp"
#include "bench/sweep/synthetic_plan.hpp"
#include "hdf5/seal.hpp"
#include "results/contents.hpp"
#include "results/create_shard.hpp"
#include "results/file_names.hpp"
#include "results/status.hpp"
#include "slurm/generation.hpp"
#include "sweep/plan_outline.hpp"
#include "sweep/shard_plan.hpp"

namespace specsweep::bench {
namespace {

/// Plan, read and render at one size.
Json plan_row(const SyntheticSize& size, const Scratch& scratch)
{
    Json row;
    Lap lap;
    sweep::Plan plan = synthetic_plan(size);
    const std::string text = sweep::plan_to_text(plan);
    row["units"] = plan.units.size();
    row["shards"] = plan.shard_count;
    row["plan_bytes"] = text.size();
    row["peak_bytes"] = peak_resident_bytes();
    lap.note(row, "plan");
    plan = {};
    lap.restart();
    plan = sweep::plan_from_text(text, "bench");
    lap.note(row, "read");
    plan = {};
    lap.restart();
    const sweep::PlanOutline outline = sweep::outline_from_text(text, "bench");
    lap.note(row, "outline");
    sweep::plan_from_shard_text(sweep::shard_plan_text(text, "bench", 0));
    lap.note(row, "shard");

    slurm::SweepSettings settings;
    settings.name = outline.name;
    settings.cut_sha256 = outline.cut_sha256;
    settings.plan = "/scratch/plan.json";
    settings.result = "/scratch/bench.h5";
    settings.program = "specsweep";
    settings.profile = slurm::Profile::load("generic", {});
    const slurm::SweepFolder folder(scratch / fmt::format("render-{}", size.shards));
    lap.restart();
    const slurm::Generation generation =
        render_generation(settings, folder, 0, slurm::needs_of(outline), {.most_tasks = 1001, .most_jobs = 0});
    write_generation(folder, generation);
    lap.note(row, "render");
    row["scripts"] = generation.arrays.size() + 1;
    return row;
}

Json status_row(int shards, const Scratch& scratch)
{
    const sweep::Plan plan =
        synthetic_plan({.checkpoints = 1, .matrices = shards, .side = 16, .shards = shards, .quantizers = false});
    const std::filesystem::path folder = scratch / fmt::format("status-{}", shards);
    // Making this many files one by one takes minutes: all are copies of the first one. Their headers name another
    // shard, so that they count as stale, which is found out after the same reading.
    std::filesystem::create_directories(folder);
    const std::filesystem::path first = results::shard_path(folder, 0);
    results::create_shard_file(first, results::shard_contents(plan, 0), "{}");
    hdf5::seal(first);
    for (std::int32_t shard = 1; shard < plan.shard_count; ++shard)
        std::filesystem::copy_file(first, results::shard_path(folder, shard));
    const sweep::PlanOutline outline = sweep::outline_of(plan);
    Json row;
    Lap lap;
    const results::Status status = results::status_of_outline(outline, folder);
    lap.note(row, "status");
    row["shards"] = status.shards.size();
    row["bytes_a_file"] = std::filesystem::file_size(first);
    std::filesystem::remove_all(folder);
    return row;
}

}  // namespace

Json bench_scale()
{
    const Scratch scratch;
    Json plans = Json::array();
    plans.push_back(plan_row({.checkpoints = 4, .matrices = 20, .side = 64, .shards = 80}, scratch));
    plans.push_back(plan_row({.checkpoints = 40, .matrices = 20, .side = 64, .shards = 800}, scratch));
    plans.push_back(plan_row({.checkpoints = 40, .matrices = 200, .side = 64, .shards = 8000}, scratch));
    Json growth = Json::array();
    for (std::size_t i = 1; i < plans.size(); ++i) {
        Json row{{"units", plans[i]["units"]}};
        for (const char* key : {"plan_cpu_seconds", "read_cpu_seconds", "outline_cpu_seconds", "render_cpu_seconds"})
            row[key] = plans[i][key].get<double>() / std::max(1e-6, plans[i - 1][key].get<double>());
        growth.push_back(row);
    }
    const Json statuses = Json::array({status_row(1000, scratch), status_row(10000, scratch)});
    return {{"plan", plans}, {"growth", growth}, {"status", statuses}};
}

}  // namespace specsweep::bench
