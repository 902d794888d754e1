#include "bench/metrics/bench_metrics.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <limits>
#include <memory>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/json.hpp"
#include "bench/spectrum/cpu_stopwatch.hpp"
#include "metrics/counter_random.hpp"
#include "metrics/pair.hpp"
#include "metrics/power_law.hpp"
#include "metrics/single.hpp"
#include "spectrum/spectrum.hpp"

namespace specsweep::bench {
namespace {

template <class Work>
double fastest(int repeats, Work work)
{
    double best = std::numeric_limits<double>::infinity();
    for (int i = 0; i < repeats; ++i) {
        const CpuStopwatch watch;
        work();
        best = std::min(best, watch.seconds());
    }
    return best;
}

std::vector<double> pareto_sample(std::int64_t count)
{
    const metrics::CounterRandom random(1, 0);
    std::vector<double> values;
    for (std::int64_t i = 0; i < count; ++i)
        values.push_back(std::pow(1 - random.uniform(static_cast<std::uint64_t>(i)), -1 / 1.5));
    std::sort(values.begin(), values.end());
    return values;
}

std::string shell_quoted(const std::string& text)
{
    std::string quoted = "'";
    for (const char c : text)
        quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

/// CPU seconds that the package needs for every candidate, from as many as it does in a minute; −1: not installed.
double powerlaw_seconds(const std::vector<double>& sample, const std::string& python)
{
    const std::filesystem::path file =
        std::filesystem::temp_directory_path() / fmt::format("specsweep-bench-{}.txt", sample.size());
    {
        std::ofstream out(file);
        for (const double value : sample)
            out << fmt::format("{:.17g}\n", value);
    }
    // xmins are handed over, so that both sides fit the same candidates; the largest value is none of them.
    const std::string code =
        "import sys, time, warnings\n"
        "warnings.simplefilter(\"ignore\")\n"
        "try:\n"
        "    import numpy, powerlaw\n"
        "except ImportError:\n"
        "    sys.exit(\"-1\")\n"
        "x = numpy.loadtxt(sys.argv[1])\n"
        "count, spent = 50, 0.0\n"
        "while True:\n"
        "    xmins = numpy.unique(x)[:-1][:: max(1, len(x) // count)]\n"
        "    start = time.process_time()\n"
        "    for xmin in xmins:\n"
        "        powerlaw.Fit(x, xmin=xmin, verbose=0).power_law.D\n"
        "    spent = time.process_time() - start\n"
        "    if spent > 5 or count >= len(x): break\n"
        "    count *= 4\n"
        "print(spent * (len(numpy.unique(x)) - 1) / len(xmins))\n";
    const std::string command =
        fmt::format("{} -c {} {} 2>/dev/null", shell_quoted(python), shell_quoted(code), shell_quoted(file.string()));
    double seconds = -1;
    if (const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose); pipe)
        if (std::fscanf(pipe.get(), "%lf", &seconds) != 1)
            seconds = -1;
    std::error_code ignored;
    std::filesystem::remove(file, ignored);
    return seconds;
}

/// A square Gaussian matrix with a few large directions, plus white noise of `noise`.
class NoisyMatrix : public spectrum::PanelSource {
public:
    NoisyMatrix(std::int64_t k, float noise) : k_(k), values_(static_cast<std::size_t>(k * k))
    {
        const metrics::CounterRandom random(2, 0);
        const metrics::CounterRandom error(3, 0);
        for (std::size_t i = 0; i < values_.size(); ++i)
            values_[i] = static_cast<float>(random.normal(i)) + noise * static_cast<float>(error.normal(i));
    }
    std::int64_t rows() const override { return k_; }
    std::int64_t cols() const override { return k_; }
    void read(std::int64_t first, std::int64_t count, float* out) override
    {
        std::copy_n(values_.begin() + first * k_, count * k_, out);
    }
    void read(std::int64_t first, std::int64_t count, double* out) override
    {
        std::copy_n(values_.begin() + first * k_, count * k_, out);
    }

private:
    std::int64_t k_;
    std::vector<float> values_;
};

Json share_of(std::int64_t k, int repeats)
{
    constexpr float noise = 0.1F;
    NoisyMatrix before(k, 0);
    NoisyMatrix after(k, noise);
    spectrum::Workspace workspace;
    const spectrum::SpectrumRequest request;
    const spectrum::Spectrum reference = spectrum::compute_spectrum(before, request, workspace);
    spectrum::Spectrum quantized;
    const double solve = fastest(repeats, [&] { quantized = spectrum::compute_spectrum(after, request, workspace); });
    const auto view = [k](const spectrum::Spectrum& s) {
        return metrics::SpectrumView{s.sigma, s.error, s.frobenius_squared, k, k};
    };
    metrics::ErrorMoments moments{};
    moments.error_frobenius_squared = static_cast<double>(k * k) * static_cast<double>(noise * noise);
    double checksum = 0;
    const double derive = fastest(std::max(repeats, 5), [&] {
        checksum += *metrics::single_metrics(view(quantized), {}).stable_rank;
        checksum += *metrics::pair_metrics(view(reference), view(quantized), moments, {}).epsilon_r2;
    });
    if (!(checksum > 0))
        throw InternalError("the metrics of a Gaussian matrix are not positive");
    return {{"k", k}, {"metrics_seconds", derive}, {"spectrum_seconds", solve}, {"share", derive / solve}};
}

}  // namespace

Json bench_metrics(const MetricsBenchOptions& options)
{
    const std::vector<double> sample = pareto_sample(options.values);
    const double fit = fastest(options.repeats, [&] {
        if (!metrics::fit_power_law(sample))
            throw InternalError("a Pareto sample has no power-law fit");
    });
    const double package = powerlaw_seconds(sample, options.python.empty() ? "python3" : options.python);
    Json result{{"values", options.values},
                {"fit_seconds", fit},
                {"powerlaw_seconds", package},
                {"fit_ratio", package < 0 ? -1.0 : package / fit}};
    for (const std::int64_t k : options.sizes)
        result["sizes"].push_back(share_of(k, options.repeats));
    return result;
}

}  // namespace specsweep::bench
