#include "bench/spectrum/calibrate.hpp"

#include <unistd.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <vector>

#include "base/processors.hpp"
#include "bench/spectrum/cpu_stopwatch.hpp"
#include "bench/spectrum/machine_rate.hpp"
#include "linalg/blas_library.hpp"
#include "linalg/leading_dimension.hpp"
#include "linalg/tridiagonal_eigenvalues.hpp"
#include "linalg/tridiagonal_reduction.hpp"
#include "quantize/registry.hpp"
#include "spectrum/band_reduction.hpp"
#include "spectrum/bulge_chase.hpp"
#include "spectrum/gaussian_block.hpp"
#include "spectrum/multisection.hpp"
#include "spectrum/row_sweep.hpp"
#include "spectrum/workspace.hpp"

namespace specsweep::bench {
namespace {

constexpr int repeats = 3;

/// @param prepare not timed. @returns thread seconds of the fastest `work`.
double fastest(const std::function<void()>& prepare, const std::function<void()>& work)
{
    double best = std::numeric_limits<double>::infinity();
    for (int repeat = 0; repeat < repeats; ++repeat) {
        prepare();
        const CpuStopwatch watch;
        work();
        best = std::min(best, watch.seconds());
    }
    return best;
}

/// A symmetric matrix that can be filled again: reductions destroy theirs.
struct Square {
    explicit Square(std::int64_t n)
        : n(n), ld(linalg::padded_leading_dimension(n)), memory(static_cast<std::size_t>(ld * n))
    {
    }
    linalg::MatrixView view() { return {memory.data(), n, n, ld}; }
    void fill() { spectrum::fill_gaussian(view(), 1); }

    std::int64_t n, ld;
    std::vector<double> memory;
};

double tridiagonal_reduction_seconds(std::int64_t n)
{
    Square a(n);
    std::vector<double> d(static_cast<std::size_t>(n)), e(d.size());
    linalg::HeapScratch scratch;
    return fastest([&] { a.fill(); }, [&] { linalg::reduce_to_tridiagonal(a.view(), d, e, scratch.scratch()); });
}

/// dsytrd: half of 4/3 n³ at the rate of BLAS 3, half at that of BLAS 2.
double blas2_rate(std::int64_t n, double blas3)
{
    const double half = 2.0 / 3 * static_cast<double>(n) * static_cast<double>(n) * static_cast<double>(n);
    return half / std::max(1e-9, tridiagonal_reduction_seconds(n) - half / blas3);
}

void time_own_stages(cost::MachineConstants& constants)
{
    constexpr std::int64_t n = 1024;
    Square a(n);
    spectrum::Workspace workspace;
    const auto set = spectrum::widest_instruction_set();
    const std::int64_t b = spectrum::band_half_width(n, set);
    using Slot = spectrum::Workspace::Slot;
    const auto band_memory = workspace.doubles(Slot::band, spectrum::BandMatrix::memory_needed(n, b));
    const auto memory = workspace.doubles(Slot::reflectors, spectrum::band_reduction_memory(n, b));
    const double dense = fastest([&] { a.fill(); },
                                 [&] {
                                     spectrum::reduce_to_band(a.view(), {n, b, band_memory}, memory, set);
                                 });
    std::vector<double> d(static_cast<std::size_t>(n)), e(d.size());
    const spectrum::BandMatrix band(n, b, band_memory);
    const double rest = fastest(
        [&] {
            a.fill();
            spectrum::reduce_to_band(a.view(), {n, b, band_memory}, memory, set);
        },
        [&] {
            spectrum::chase_bulges(band, d, e, set);
            spectrum::eigenvalues_by_multisection(spectrum::ScaledTridiagonal(d, e));
        });
    constexpr double order = n;
    constants.band_flops_per_second = 4.0 / 3 * order * order * order / dense;
    constants.band_seconds = rest / (order * order);
    std::vector<double> values = d, off = e;
    constants.tridiagonal_seconds = fastest(
                                        [&] {
                                            values = d;
                                            off = e;
                                        },
                                        [&] { linalg::tridiagonal_eigenvalues_by_ql(values, off); }) /
                                    (order * order);
}

double sweep_seconds_per_element()
{
    constexpr std::int64_t n = 2048;
    const std::vector<float> rows(static_cast<std::size_t>(n * n), 0.5F);
    std::vector<double> x(static_cast<std::size_t>(n * spectrum::sweep_width), 1.0), z(x.size());
    double squares[spectrum::sweep_width] = {};
    return fastest([] {},
                   [&] {
                       spectrum::sweep_rows(rows.data(), n, {x.data(), n, spectrum::sweep_width, n},
                                            {z.data(), n, spectrum::sweep_width, n}, squares);
                   }) /
           static_cast<double>(n * n);
}

double quantize_seconds_per_element()
{
    constexpr std::int64_t rows = 1024, cols = 1024;
    std::vector<double> normal(static_cast<std::size_t>(rows * cols));
    spectrum::fill_gaussian({normal.data(), rows, cols, rows}, 1);
    const std::vector<float> in(normal.begin(), normal.end());
    std::vector<float> out(in.size());
    const quantize::TensorStatistics statistics = quantize::statistics_of(in, cols);
    double sum = 0;
    constexpr const char* texts[] = {"int:block=32", "nvfp4", "mxfp4", "nf4"};
    for (const char* text : texts) {
        const auto quantizer = quantize::make_quantizer(text);
        sum += fastest([] {}, [&] { quantizer->apply({in.data(), 0, rows, cols}, out.data(), statistics); });
    }
    return sum / std::size(texts) / static_cast<double>(rows * cols);
}

double cache_share(double otherwise)
{
    const long bytes = sysconf(_SC_LEVEL3_CACHE_SIZE);
    return bytes > 0 ? static_cast<double>(bytes) / usable_processors() : otherwise;
}

}  // namespace

cost::MachineConstants calibrate(const std::string& name)
{
    linalg::prepare_blas();
    const cost::MachineConstants& shipped = cost::shipped_constants();
    cost::MachineConstants constants = shipped;
    constants.name = name;
    constants.blas3_flops_per_second = gemm_rate(1024);
    constants.cache_bytes = cache_share(shipped.cache_bytes);
    constants.blas2_flops_per_second = blas2_rate(640, constants.blas3_flops_per_second);
    constants.blas2_memory_flops_per_second =
        std::min(constants.blas2_flops_per_second, blas2_rate(2560, constants.blas3_flops_per_second));
    constants.group_flops_per_second *= constants.blas3_flops_per_second / shipped.blas3_flops_per_second;
    time_own_stages(constants);
    constants.sweep_seconds = sweep_seconds_per_element();
    constants.quantize_seconds = quantize_seconds_per_element();
    return constants;
}

}  // namespace specsweep::bench
