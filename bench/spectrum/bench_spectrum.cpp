#include "bench/spectrum/bench_spectrum.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/format.hpp"
#include "base/json.hpp"
#include "bench/spectrum/cpu_stopwatch.hpp"
#include "bench/spectrum/gaussian_weights.hpp"
#include "bench/spectrum/machine_rate.hpp"
#include "linalg/blas_library.hpp"
#include "linalg/dense_singular_values.hpp"
#include "spectrum/simd.hpp"
#include "spectrum/spectrum.hpp"

namespace specsweep::bench {
namespace {

template <class F>
double fastest(int repeats, F&& run)
{
    double best = std::numeric_limits<double>::infinity();
    for (int repeat = 0; repeat < repeats; ++repeat)
        best = std::min(best, run());
    return best;
}

double worst_deviation(const spectrum::Spectrum& engine, const std::vector<double>& lapack, Shape shape)
{
    const auto length = static_cast<double>(std::max(shape.rows, shape.cols));
    const double lapack_error = 4 * std::numeric_limits<double>::epsilon() * std::sqrt(length) * lapack[0];
    double worst = 0;
    for (std::size_t k = 0; k < engine.sigma.size(); ++k)  // one of them where --method is lanczos
        worst = std::max(worst, std::fabs(engine.sigma[k] - lapack[k]) / (engine.error[k] + lapack_error));
    return worst;
}

Json bench_shape(Shape shape, const SpectrumBenchOptions& options)
{
    GaussianWeights weights(shape);
    const std::int64_t n = std::min(shape.rows, shape.cols);
    const double rate_before = gemm_rate(n);
    spectrum::Workspace workspace;
    spectrum::Spectrum engine;
    spectrum::SpectrumRequest request;
    request.method = options.method;
    request.accurate_path = spectrum::AccuratePath::never;
    const double engine_seconds = fastest(options.repeats + 1, [&] {  // the first one also touches the memory
        const CpuStopwatch watch;
        engine = spectrum::compute_spectrum(weights, request, workspace);
        return watch.seconds();
    });
    const double rate = std::max(rate_before, gemm_rate(n));
    std::vector<double> lapack;
    const double lapack_seconds = fastest(options.repeats, [&] {
        std::vector<double> dense = weights.in_double();
        const CpuStopwatch watch;
        // A row-major matrix is a column-major transpose: the same singular values.
        lapack = linalg::singular_values_gesdd({dense.data(), shape.cols, shape.rows, shape.cols});
        return watch.seconds();
    });
    const auto k = static_cast<double>(n);
    const double flops = static_cast<double>(std::max(shape.rows, shape.cols)) * k * k + 4.0 / 3 * k * k * k;
    return {{"rows", shape.rows},
            {"cols", shape.cols},
            {"method", engine.method},
            {"needs_accurate_path", spectrum::needs_accurate_path(engine, shape.rows, shape.cols, request.tolerance)},
            {"engine_seconds", engine_seconds},
            {"lapack_seconds", lapack_seconds},
            {"ratio", lapack_seconds / engine_seconds},
            {"gemm_flops_per_second", rate},
            {"fraction", flops / rate / engine_seconds},
            {"worst", worst_deviation(engine, lapack, shape)}};
}

}  // namespace

Json bench_spectrum(const SpectrumBenchOptions& options)
{
    linalg::prepare_blas();
    Json result{{"name", "spectrum"},
                {"blas", linalg::blas_description()},
                {"instruction_set", name(spectrum::widest_instruction_set())},
                {"rows", Json::array()}};
    for (const Shape shape : options.shapes)
        result["rows"].push_back(bench_shape(shape, options));
    return result;
}

std::string spectrum_bench_table(const Json& result)
{
    std::string text =
        fmt::format("{}, kernels {}\n{:>13} {:>12} {:>10} {:>10} {:>6} {:>9} {:>9} {:>6}\n",
                    result.at("blas").get<std::string>(), result.at("instruction_set").get<std::string>(), "matrix",
                    "method", "engine s", "dgesdd s", "ratio", "Gflop/s", "fraction", "worst");
    for (const Json& row : result.at("rows"))
        text +=
            fmt::format("{:>13} {:>12} {:>10.4f} {:>10.4f} {:>6.2f} {:>9.1f} {:>9.2f} {:>6.2f}\n",
                        fmt::format("{} x {}", row.at("rows").get<std::int64_t>(), row.at("cols").get<std::int64_t>()),
                        row.at("method").get<std::string>(), row.at("engine_seconds").get<double>(),
                        row.at("lapack_seconds").get<double>(), row.at("ratio").get<double>(),
                        row.at("gemm_flops_per_second").get<double>() / 1e9, row.at("fraction").get<double>(),
                        row.at("worst").get<double>());
    return text;
}

}  // namespace specsweep::bench
