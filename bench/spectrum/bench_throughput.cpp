#include "bench/spectrum/bench_throughput.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "base/json.hpp"
#include "base/stopwatch.hpp"
#include "bench/spectrum/gaussian_weights.hpp"
#include "linalg/blas_library.hpp"
#include "mpi/collectives.hpp"
#include "mpi/patient.hpp"
#include "mpi/shared_counter.hpp"
#include "spectrum/spectrum.hpp"

namespace specsweep::bench {
namespace {

constexpr std::int64_t matrices = 100;

/// Longest first; every rank makes all of them, from the same seeds.
std::vector<GaussianWeights> weights()
{
    std::vector<GaussianWeights> result;
    for (const std::int64_t rows : {1536, 1152, 768, 384})
        for (std::int64_t i = 0; i < matrices / 4; ++i)
            result.emplace_back(Shape{rows, 384}, static_cast<std::uint64_t>(rows + i));
    return result;
}

/// Until the queue is empty; @param comm ranks of one node. Collective.
double seconds_of(const mpi::Communicator& comm, std::vector<GaussianWeights>& list, spectrum::Workspace& workspace)
{
    mpi::WorkQueue queue(comm, std::ssize(list));
    mpi::barrier(comm);
    const Stopwatch watch;
    while (const auto next = queue.next())
        spectrum::compute_spectrum(list[static_cast<std::size_t>(*next)], {}, workspace);
    mpi::barrier(comm);
    return watch.seconds();
}

}  // namespace

Json bench_throughput(const mpi::Communicator& world, int repeats)
{
    linalg::prepare_blas();
    const mpi::Communicator alone = world.split(world.is_root() ? 0 : 1, world.rank());
    std::vector<GaussianWeights> list = weights();
    spectrum::Workspace workspace;
    double all = std::numeric_limits<double>::infinity(), one = all;
    for (int repeat = 0; repeat < repeats; ++repeat) {
        all = std::min(all, seconds_of(world, list, workspace));
        bool done = false;
        if (world.is_root()) {
            one = std::min(one, seconds_of(alone, list, workspace));
            done = true;
        }
        mpi::broadcast_patiently(world, done, 0);  // the others sleep: a spinning core would slow the one down
    }
    return {{"matrices", matrices},
            {"ranks", world.size()},
            {"seconds_all_ranks", all},
            {"seconds_one_rank", one},
            {"speedup", one / all}};
}

}  // namespace specsweep::bench
