#include "bench/sweep/bench_sweep.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <string>

#include "base/format.hpp"
#include "base/json.hpp"
#include "base/memory.hpp"
#include "base/stopwatch.hpp"
#include "bench/schedule/simulate.hpp"
#include "mpi/agreement.hpp"
#include "mpi/collectives.hpp"
#include "run/run_shard.hpp"
#include "spectrum/spectrum.hpp"
#include "sweep/make_plan.hpp"

namespace specsweep::bench {
namespace {

constexpr const char* quantizers =
    R"(["int:block=32", "int:bits=2,block=16", "int:bits=8", "int:block=64,scheme=asymmetric",
    "int:bits=3,block=128", "uniform", "nvfp4", "nvfp4:block=16x16"])";

constexpr std::int64_t allowed_beside_buffers = 100'000'000;

/// Rank 0 plans; all get the same plan. Collective.
sweep::Plan shared_plan(const mpi::Communicator& world, const std::filesystem::path& checkpoint)
{
    std::string text;
    mpi::run_on_root(world, [&] {
        const std::string manifest = fmt::format(
            R"({{"name": "bench", "checkpoints": [{}], "matrices": {{"exclude": ["*word_embeddings*"]}}, "quantizers": {}}})",
            Json(std::filesystem::absolute(checkpoint).string()).dump(), quantizers);
        text = sweep::plan_to_text(sweep::make_plan(sweep::parse_manifest(manifest, "bench", ".")));
    });
    mpi::broadcast(world, text, 0);
    return sweep::plan_from_text(text, "bench");
}

std::filesystem::path scratch_folder(const mpi::Communicator& world)
{
    std::string folder;
    mpi::run_on_root(world, [&] {
        std::string name = (std::filesystem::temp_directory_path() / "specsweep-bench-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr)
            throw IoError("cannot make a folder below " + std::filesystem::temp_directory_path().string());
        folder = name;
    });
    mpi::broadcast(world, folder, 0);
    return folder;
}

run::ShardOutcome one_run(const mpi::Communicator& comm, const sweep::Plan& plan, const std::filesystem::path& file)
{
    run::ShardOptions options;
    options.display = run::Display::silent;
    return run::run_shard(comm, plan, 0, file, options);
}

std::int64_t allowed_bytes(const sweep::Plan& plan)
{
    std::int64_t most = 0;
    for (const sweep::PlanMatrix& matrix : plan.matrices)
        most = std::max(most, spectrum::working_set_bytes(matrix.matrix.slice.rows, matrix.matrix.slice.cols,
                                                          spectrum::Method::automatic));
    return most + allowed_beside_buffers;
}

/// What `bench schedule` would say of this plan on so many ranks of this node; reading is in the units' costs.
double simulated_seconds(const sweep::Plan& plan, int ranks)
{
    std::vector<SimulatedUnit> units;
    for (std::size_t row = 0; row < plan.units.size(); ++row)
        if (plan.units[row].canonical_row == static_cast<std::int64_t>(row))
            units.push_back({.compute_seconds = plan.units[row].predicted_seconds});
    Cluster node;
    node.ranks = node.ranks_per_node = ranks;
    node.startup_seconds = 0;
    return simulate(units, node).makespan;
}

/// What the ranks did outside the solver, as shares of their time.
struct Shares {
    double read = 0;
    double quantize = 0;
    double write = 0;  ///< and all else that a unit costs
    double idle = 0;   ///< no unit: making and closing the file, waiting for others
};

Shares shares_of(const run::ShardOutcome& outcome, int ranks)
{
    const double all = outcome.seconds * ranks;
    const double rest = outcome.busy - outcome.busy_read - outcome.busy_quantize - outcome.busy_solve;
    return {.read = outcome.busy_read / all,
            .quantize = outcome.busy_quantize / all,
            .write = rest / all,
            .idle = 1 - outcome.busy / all};
}

}  // namespace

Json bench_sweep(const mpi::Communicator& world, const std::filesystem::path& checkpoint, int repeats)
{
    const sweep::Plan plan = shared_plan(world, checkpoint);
    const std::filesystem::path folder = scratch_folder(world);
    const mpi::Communicator alone = world.split(world.is_root() ? 0 : 1, world.rank());
    double seconds_all = std::numeric_limits<double>::infinity();
    double seconds_alone = seconds_all;
    Shares shares;
    for (int repeat = 0; repeat < repeats; ++repeat) {
        const run::ShardOutcome together = one_run(world, plan, folder / fmt::format("all-{}.h5", repeat));
        if (together.seconds < seconds_all)
            shares = shares_of(together, world.size());
        seconds_all = std::min(seconds_all, together.seconds);
        if (world.is_root())
            seconds_alone =
                std::min(seconds_alone, one_run(alone, plan, folder / fmt::format("one-{}.h5", repeat)).seconds);
        mpi::barrier(world);
    }
    const std::int64_t peak = mpi::all_max(world, peak_resident_bytes());
    if (world.is_root())
        std::filesystem::remove_all(folder);
    return {{"units", plan.units.size()},
            {"ranks", world.size()},
            {"seconds_all_ranks", seconds_all},
            {"seconds_one_rank", seconds_alone},
            {"speedup", seconds_alone / seconds_all},
            {"simulated_seconds_all_ranks", simulated_seconds(plan, world.size())},
            {"simulated_seconds_one_rank", simulated_seconds(plan, 1)},
            {"outside_solver", shares.read + shares.quantize + shares.write + shares.idle},
            {"read", shares.read},
            {"quantize", shares.quantize},
            {"write", shares.write},
            {"idle", shares.idle},
            {"peak_bytes", peak},
            {"allowed_bytes", allowed_bytes(plan)}};
}

}  // namespace specsweep::bench
