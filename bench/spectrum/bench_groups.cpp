#include "bench/spectrum/bench_groups.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include "base/json.hpp"
#include "base/stopwatch.hpp"
#include "bench/spectrum/gaussian_weights.hpp"
#include "linalg/blas_library.hpp"
#include "linalg/distributed_reduction.hpp"
#include "mpi/collectives.hpp"
#include "mpi/patient.hpp"
#include "spectrum/begun_spectrum.hpp"
#include "spectrum/group_spectrum.hpp"
#include "spectrum/spectrum.hpp"

namespace specsweep::bench {
namespace {

/// The fastest of several, all ranks beginning together.
template <class Work>
double fastest(const mpi::Communicator& world, int repeats, Work work)
{
    double best = std::numeric_limits<double>::infinity();
    for (int repeat = 0; repeat < repeats; ++repeat) {
        mpi::barrier(world);
        const Stopwatch watch;
        work();
        best = std::min(best, watch.seconds());
    }
    return best;
}

double group_seconds(GaussianWeights& weights, spectrum::Method method, const spectrum::RankGroup& group, int repeats,
                     std::vector<double>& sigma)
{
    spectrum::Workspace workspace;
    spectrum::SpectrumRequest request;
    request.method = method;
    request.accurate_path = spectrum::AccuratePath::never;
    request.block_size = spectrum::group_block_size(std::min(weights.rows(), weights.cols()));
    return fastest(group.comm, repeats,
                   [&] { sigma = spectrum::compute_group_spectrum(weights, request, group, workspace).sigma; });
}

struct SequenceSeconds {
    double whole = std::numeric_limits<double>::infinity();
    double values = std::numeric_limits<double>::infinity();

    /// The fastest of each.
    void keep(const SequenceSeconds& other)
    {
        whole = std::min(whole, other.whole);
        values = std::min(values, other.values);
    }
};

/// Units one after another, the values of `together` of them at once: a unit's share of it all, and of finding values.
SequenceSeconds sequence_seconds(GaussianWeights& weights, const spectrum::RankGroup& group, int units, int together,
                                 spectrum::Workspace& workspace)
{
    spectrum::SpectrumRequest request;
    request.method = spectrum::Method::group_two_stage;
    request.accurate_path = spectrum::AccuratePath::never;
    mpi::barrier(group.comm);
    const Stopwatch whole;
    double values = 0;
    for (int done = 0; done < units; done += together) {
        std::vector<std::unique_ptr<spectrum::BegunSpectrum>> begun;
        std::vector<spectrum::BegunSpectrum*> pending;
        for (int unit = 0; unit < together; ++unit) {
            begun.push_back(std::make_unique<spectrum::BegunSpectrum>(weights, request, group, workspace));
            pending.push_back(begun.back().get());
        }
        const Stopwatch watch;
        find_values(pending);
        values += watch.seconds();
        for (spectrum::BegunSpectrum* const spectrum : pending)
            spectrum->finish();
    }
    return {whole.seconds() / units, values / units};
}

double textbook_seconds(GaussianWeights& weights, const spectrum::RankGroup& group, int repeats,
                        std::vector<double>& sigma)
{
    constexpr std::int64_t nb = 64;
    std::vector<double> memory(static_cast<std::size_t>(
        linalg::DistributedMatrix::local_elements(group.grid, weights.rows(), weights.cols(), nb)));
    std::vector<double> work;
    double best = std::numeric_limits<double>::infinity();
    for (int repeat = 0; repeat < repeats; ++repeat) {
        const linalg::DistributedMatrix a(group.grid, weights.rows(), weights.cols(), nb, memory);
        std::vector<double> row(static_cast<std::size_t>(weights.cols()));
        for (std::int64_t i = 0; i < a.local().rows; ++i) {
            weights.read(a.rows().global(group.grid.row(), i), 1, row.data());
            for (std::int64_t j = 0; j < a.local().cols; ++j)
                a.local()(i, j) = row[static_cast<std::size_t>(a.cols().global(group.grid.col(), j))];
        }
        best = std::min(best, fastest(group.comm, 1, [&] {
                            sigma = linalg::singular_values_pdgesvd(a, [&](std::int64_t count) {
                                work.resize(static_cast<std::size_t>(count));
                                return std::span<double>(work);
                            });
                        }));
    }
    return best;
}

/// Rank 0 computes, the others sleep.
double alone_seconds(GaussianWeights& weights, const mpi::Communicator& world, int repeats)
{
    double seconds = std::numeric_limits<double>::infinity();
    if (world.is_root()) {
        spectrum::Workspace workspace;
        spectrum::SpectrumRequest request;
        request.accurate_path = spectrum::AccuratePath::never;
        for (int repeat = 0; repeat < repeats; ++repeat) {
            const Stopwatch watch;
            spectrum::compute_spectrum(weights, request, workspace);
            seconds = std::min(seconds, watch.seconds());
        }
    }
    mpi::broadcast_patiently(world, seconds, 0);
    return seconds;
}

double largest_difference(const std::vector<double>& a, const std::vector<double>& b)
{
    double most = 0;
    for (std::size_t k = 0; k < std::min(a.size(), b.size()); ++k)
        most = std::max(most, std::fabs(a[k] - b[k]) / b.front());
    return most;
}

}  // namespace

Json bench_groups(const mpi::Communicator& world, const GroupBenchOptions& options)
{
    linalg::prepare_blas();
    const spectrum::RankGroup group(world.duplicate());
    Json rows = Json::array();
    for (const Shape shape : options.shapes) {
        GaussianWeights weights(shape);
        std::vector<double> sigma, square_sigma, panels, textbook;
        const double own = group_seconds(weights, spectrum::Method::group_two_stage, group, options.repeats, sigma);
        const double square =
            group_seconds(weights, spectrum::Method::group_gram, group, options.repeats, square_sigma);
        const double panel =
            group_seconds(weights, spectrum::Method::group_gram_panels, group, options.repeats, panels);
        const double alone = alone_seconds(weights, world, options.repeats);
        const double pdgesvd = textbook_seconds(weights, group, options.repeats, textbook);
        rows.push_back({{"rows", shape.rows},
                        {"cols", shape.cols},
                        {"own_seconds", own},
                        {"pdsyntrd_seconds", square},
                        {"pdsytrd_seconds", panel},
                        {"pdgesvd_seconds", pdgesvd},
                        {"one_rank_seconds", alone},
                        {"over_pdgesvd", pdgesvd / own},
                        {"over_one_rank", alone / own},
                        {"difference", largest_difference(sigma, textbook)}});
    }
    return {{"ranks", world.size()}, {"rows", rows}};
}

Json bench_group_values(const mpi::Communicator& world, const GroupBenchOptions& options)
{
    linalg::prepare_blas();
    const spectrum::RankGroup group(world.duplicate());
    Json rows = Json::array();
    for (const Shape shape : options.shapes) {
        GaussianWeights weights(shape);
        spectrum::Workspace workspace;
        SequenceSeconds alone, together;
        for (int repeat = 0; repeat < options.repeats; ++repeat) {
            alone.keep(sequence_seconds(weights, group, world.size(), 1, workspace));
            together.keep(sequence_seconds(weights, group, world.size(), world.size(), workspace));
        }
        rows.push_back({{"rows", shape.rows},
                        {"cols", shape.cols},
                        {"alone_seconds", alone.whole},
                        {"alone_values_seconds", alone.values},
                        {"together_seconds", together.whole},
                        {"together_values_seconds", together.values},
                        {"over_together", alone.whole / together.whole}});
    }
    return {{"ranks", world.size()}, {"rows", rows}};
}

}  // namespace specsweep::bench
