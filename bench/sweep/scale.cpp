#include "bench/sweep/scale.hpp"

#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/json.hpp"
#include "base/memory.hpp"
#include "base/stopwatch.hpp"
#include "bench/sweep/synthetic_plan.hpp"
#include "hdf5/file.hpp"
#include "hdf5/seal.hpp"
#include "results/aggregate.hpp"
#include "results/contents.hpp"
#include "results/create_shard.hpp"
#include "results/file_names.hpp"
#include "results/status.hpp"
#include "results/unit_store.hpp"
#include "slurm/generation.hpp"
#include "sweep/plan_outline.hpp"

namespace specsweep::bench {
namespace {

class Scratch {
public:
    Scratch()
    {
        std::string name = (std::filesystem::temp_directory_path() / "specsweep-scale-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr)
            throw IoError("cannot make a folder below " + std::filesystem::temp_directory_path().string());
        path_ = name;
    }
    ~Scratch()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

/// Plan, read and render at one size.
Json plan_row(const SyntheticSize& size, const Scratch& scratch)
{
    Stopwatch watch;
    sweep::Plan plan = synthetic_plan(size);
    const std::string text = sweep::plan_to_text(plan);
    Json row{{"units", plan.units.size()}, {"shards", plan.shard_count}, {"plan_seconds", watch.restart()}};
    row["plan_bytes"] = text.size();
    row["peak_bytes"] = peak_resident_bytes();
    plan = {};
    watch.restart();
    plan = sweep::plan_from_text(text, "bench");
    row["read_seconds"] = watch.restart();
    plan = {};
    watch.restart();
    const sweep::PlanOutline outline = sweep::outline_from_text(text, "bench");
    row["outline_seconds"] = watch.restart();

    slurm::SweepSettings settings;
    settings.name = outline.name;
    settings.cut_sha256 = outline.cut_sha256;
    settings.plan = "/scratch/plan.json";
    settings.result = "/scratch/bench.h5";
    settings.program = "specsweep";
    settings.profile = slurm::Profile::load("generic", {});
    const slurm::SweepFolder folder(scratch / fmt::format("render-{}", size.shards));
    watch.restart();
    const slurm::Generation generation =
        render_generation(settings, folder, 0, slurm::needs_of(outline), {.most_tasks = 1001, .most_jobs = 0});
    write_generation(folder, generation);
    row["render_seconds"] = watch.restart();
    row["scripts"] = generation.arrays.size() + 1;
    return row;
}

/// Shard files of a plan: everything pending, or everything done with made-up spectra.
void write_shards(const sweep::Plan& plan, const std::filesystem::path& folder, bool done)
{
    std::filesystem::create_directories(folder);
    for (std::int32_t shard = 0; shard < plan.shard_count; ++shard) {
        const results::Contents contents = results::shard_contents(plan, shard);
        const std::filesystem::path path = results::shard_path(folder, shard);
        results::create_shard_file(path, contents, "{}");
        hdf5::seal(path);
        if (!done)
            continue;
        hdf5::File file = hdf5::File::open(path, hdf5::Access::write);
        {
            results::UnitStore store = results::UnitStore::open(file, contents);
            for (std::int64_t row = 0; row < std::ssize(contents.units); ++row) {
                results::UnitResult result;
                result.state = results::UnitState::done;
                result.method = "gram-lapack";
                const auto count = static_cast<std::size_t>(contents.units[static_cast<std::size_t>(row)].sigma_count);
                for (std::size_t k = 0; k < count; ++k) {
                    result.sigma.push_back(static_cast<double>(count) / static_cast<double>(k + 1));
                    result.error.push_back(1e-12);
                    result.moments.frobenius_squared += result.sigma.back() * result.sigma.back();
                }
                result.moments.error_frobenius_squared = contents.is_reference(row) ? 0 : 1;
                const std::array rows{row};
                store.write(contents, rows, result);
            }
        }
        file.close();
    }
}

Json status_row(int shards, const Scratch& scratch)
{
    const sweep::Plan plan =
        synthetic_plan({.checkpoints = 1, .matrices = shards, .side = 16, .shards = shards, .quantizers = false});
    const std::filesystem::path folder = scratch / fmt::format("status-{}", shards);
    write_shards(plan, folder, false);
    const sweep::PlanOutline outline = sweep::outline_of(plan);
    const Stopwatch watch;
    const results::Status status = results::status_of_outline(outline, folder);
    return {{"shards", status.shards.size()}, {"status_seconds", watch.seconds()}, {"pending", status.pending}};
}

/// Seconds to read every file and write it once more, as a plain copy does.
double copy_seconds(const std::filesystem::path& folder, const std::filesystem::path& to)
{
    std::filesystem::create_directories(to);
    const Stopwatch watch;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        std::ifstream input(entry.path(), std::ios::binary);
        std::ofstream output(to / entry.path().filename(), std::ios::binary);
        std::vector<char> buffer(1 << 20);
        while (input.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) || input.gcount() > 0)
            output.write(buffer.data(), input.gcount());
    }
    return watch.seconds();
}

Json aggregate_row(std::int64_t side, const Scratch& scratch)
{
    const sweep::Plan plan = synthetic_plan({.checkpoints = 20, .matrices = 4, .side = side, .shards = 40});
    const std::filesystem::path folder = scratch / fmt::format("aggregate-{}", side);
    write_shards(plan, folder, true);
    std::uintmax_t bytes = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        bytes += entry.file_size();
    const double copy = std::min(copy_seconds(folder, scratch / "copy"), copy_seconds(folder, scratch / "copy"));
    double aggregate = 1e300;
    for (int repeat = 0; repeat < 2; ++repeat) {
        const Stopwatch watch;
        const std::array sources{folder};
        results::aggregate(sources, scratch / "bench.h5");
        aggregate = std::min(aggregate, watch.seconds());
    }
    return {{"units", plan.units.size()},
            {"values_a_unit", side},
            {"bytes", bytes},
            {"copy_seconds", copy},
            {"aggregate_seconds", aggregate},
            {"aggregate_speed_over_copy", copy / aggregate},
            {"peak_bytes", peak_resident_bytes()}};
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
        for (const char* key : {"plan_seconds", "read_seconds", "outline_seconds", "render_seconds"})
            row[key] = plans[i][key].get<double>() / plans[i - 1][key].get<double>();
        growth.push_back(row);
    }
    Json statuses = Json::array({status_row(1000, scratch), status_row(10000, scratch)});
    Json aggregates = Json::array({aggregate_row(256, scratch), aggregate_row(1024, scratch)});
    return {{"plan", plans}, {"growth", growth}, {"status", statuses}, {"aggregate", aggregates}};
}

}  // namespace specsweep::bench
