#include "bench/sweep/scale.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
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
#include "sweep/shard_plan.hpp"

namespace specsweep::bench {
namespace {

/// Wall and processor time since the last call, into `row` as NAME_seconds and NAME_cpu_seconds. On a busy machine the
/// second one tells what the work costs.
class Lap {
public:
    Lap() { restart(); }
    void restart()
    {
        wall_.restart();
        cpu_ = processor_seconds();
    }
    void note(Json& row, const std::string& name)
    {
        row[name + "_seconds"] = wall_.seconds();
        row[name + "_cpu_seconds"] = processor_seconds() - cpu_;
        log_info("{}: {:.2f} s, {:.2f} s of processor", name, row[name + "_seconds"].get<double>(),
                 row[name + "_cpu_seconds"].get<double>());
        restart();
    }

private:
    static double processor_seconds()
    {
        rusage usage = {};
        ::getrusage(RUSAGE_SELF, &usage);
        const auto seconds = [](const timeval& time) {
            return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
        };
        return seconds(usage.ru_utime) + seconds(usage.ru_stime);
    }

    Stopwatch wall_;
    double cpu_ = 0;
};

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

/// Shard files of a plan, everything done with made-up spectra.
void write_shards(const sweep::Plan& plan, const std::filesystem::path& folder)
{
    std::filesystem::create_directories(folder);
    for (std::int32_t shard = 0; shard < plan.shard_count; ++shard) {
        const results::Contents contents = results::shard_contents(plan, shard);
        const std::filesystem::path path = results::shard_path(folder, shard);
        results::create_shard_file(path, contents, "{}");
        hdf5::seal(path);
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

/// Reads every file and writes it once more, as a plain copy does.
void copy_files(const std::filesystem::path& folder, const std::filesystem::path& to)
{
    std::filesystem::create_directories(to);
    std::vector<char> buffer(1 << 20);
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        std::ifstream input(entry.path(), std::ios::binary);
        std::ofstream output(to / entry.path().filename(), std::ios::binary);
        while (input.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) || input.gcount() > 0)
            output.write(buffer.data(), input.gcount());
    }
}

Json aggregate_row(std::int64_t side, const Scratch& scratch)
{
    const sweep::Plan plan = synthetic_plan({.checkpoints = 4, .matrices = 10, .side = side, .shards = 40});
    const std::filesystem::path folder = scratch / fmt::format("aggregate-{}", side);
    write_shards(plan, folder);
    std::uintmax_t bytes = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        bytes += entry.file_size();
    Json row{{"units", plan.units.size()}, {"values_a_unit", side}, {"bytes", bytes}};
    copy_files(folder, scratch / "copy");  // the files are in the page cache for both
    Lap lap;
    copy_files(folder, scratch / "copy");
    lap.note(row, "copy");
    const std::array sources{folder};
    results::aggregate(sources, scratch / fmt::format("bench-{}.h5", side));
    lap.note(row, "aggregate");
    row["aggregate_speed_over_copy"] = row["copy_seconds"].get<double>() / row["aggregate_seconds"].get<double>();
    row["peak_bytes"] = peak_resident_bytes();
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
    Json statuses = Json::array({status_row(1000, scratch), status_row(10000, scratch)});
    Json aggregates = Json::array({aggregate_row(256, scratch), aggregate_row(1024, scratch)});
    return {{"plan", plans}, {"growth", growth}, {"status", statuses}, {"aggregate", aggregates}};
}

}  // namespace specsweep::bench
