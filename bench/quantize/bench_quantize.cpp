#include "bench/quantize/bench_quantize.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <memory>
#include <random>
#include <span>
#include <vector>

#include "base/format.hpp"
#include "base/json.hpp"
#include "base/stopwatch.hpp"
#include "quantize/registry.hpp"
#include "quantize/vectorised.hpp"

namespace specsweep::bench {

namespace {

const std::vector<std::string> usual_texts = {"bf16",
                                              "fp16",
                                              "int",
                                              "int:block=16",
                                              "int:block=32",
                                              "int:block=64",
                                              "int:block=128",
                                              "int:block=128x128",
                                              "int:block=tensor",
                                              "int:bits=8,block=32",
                                              "int:block=32,variant=full",
                                              "int:block=32,variant=gptq",
                                              "int:block=32,variant=torchao",
                                              "int:scheme=asymmetric",
                                              "int:block=16,scheme=asymmetric",
                                              "int:block=32,scheme=asymmetric",
                                              "int:block=64,scheme=asymmetric",
                                              "int:block=128,scheme=asymmetric",
                                              "int:block=32,scheme=asymmetric,variant=compressed-tensors",
                                              "int:block=32,scheme=asymmetric,variant=torchao",
                                              "uniform",
                                              "uniform:block=32",
                                              "nvfp4",
                                              "nvfp4:block=16x16",
                                              "nvfp4:variant=compressed-tensors",
                                              "mxfp4",
                                              "mxfp6",
                                              "mxfp8",
                                              "mxint8",
                                              "fp8",
                                              "fp8:block=channel",
                                              "fp8:block=128x128",
                                              "nf4",
                                              "af4",
                                              "log2",
                                              "apot",
                                              "lloyd",
                                              "q8_0",
                                              "q4_0"};

/// Formats that draw random numbers, rotate, search or optimise, and tables of many levels; `int` and `nvfp4` as a
/// measure.
const std::vector<std::string> searching_texts = {"int",
                                                  "nvfp4",
                                                  "q4_0",
                                                  "q5_0",
                                                  "nvfp4:rounding=stochastic",
                                                  "mxfp4:rounding=stochastic",
                                                  "nvfp4:hadamard=16",
                                                  "nvfp4:hadamard=128",
                                                  "nf4:double=midpoint",
                                                  "apot:bits=7",
                                                  "mulaw:bits=8",
                                                  "lloyd",
                                                  "lloyd:bits=8",
                                                  "int:search=percentile",
                                                  "int:percentile=99,search=percentile",
                                                  "nvfp4:select=mse",
                                                  "nvfp4:block=16x16,select=mse",
                                                  "nvfp4:select=mae,variant=fouroversix",
                                                  "int:search=mse",
                                                  "int:block=32,search=mse",
                                                  "int:block=32,scheme=asymmetric,search=mse",
                                                  "iq4_nl",
                                                  "q4_k",
                                                  "q6_k",
                                                  "kmeans:bits=3",
                                                  "kmeans"};

template <class Work>
double fastest_seconds(int repeats, Work work)
{
    double fastest = std::numeric_limits<double>::max();
    for (int i = 0; i < repeats; ++i) {
        const Stopwatch watch;
        work();
        fastest = std::min(fastest, watch.seconds());
    }
    return fastest;
}

const char* name(quantize::VectorLevel level)
{
    switch (level) {
        case quantize::VectorLevel::avx512:
            return "avx512";
        case quantize::VectorLevel::avx2:
            return "avx2";
        case quantize::VectorLevel::portable:
            break;
    }
    return "portable";
}

constexpr std::size_t cache_line = 64 / sizeof(float);

/// `count` floats that begin with a cache line, as copies do: where an allocator puts them otherwise costs up to 8 %.
std::span<float> at_cache_line(std::vector<float>& memory, std::size_t count)
{
    void* begin = memory.data();
    std::size_t room = memory.size() * sizeof(float);
    return {static_cast<float*>(std::align(64, count * sizeof(float), begin, room)), count};
}

template <class Work>
double fastest_seconds_at(quantize::VectorLevel level, int repeats, Work work)
{
    quantize::limit_vector_level(level);
    const double seconds = fastest_seconds(repeats, work);
    quantize::limit_vector_level(quantize::VectorLevel::avx512);
    return seconds;
}

Json bench_panel(const QuantizeBenchOptions& options, const std::vector<std::string>& texts)
{
    const auto weights = static_cast<std::size_t>(options.rows * options.cols);
    std::vector<float> in_memory(weights + cache_line);
    std::vector<float> out_memory(weights + cache_line);
    const std::span<float> in = at_cache_line(in_memory, weights);
    const std::span<float> out = at_cache_line(out_memory, weights);
    std::mt19937 random(1);
    std::normal_distribution<float> normal(0, 0.02F);
    std::generate(in.begin(), in.end(), [&] { return normal(random); });
    const quantize::TensorStatistics statistics = quantize::statistics_of(in, options.cols);
    const quantize::Panel panel{in.data(), 0, options.rows, options.cols};

    const double copy = fastest_seconds(options.repeats, [&] {
        std::memcpy(out.data(), in.data(), weights * sizeof(float));
        asm volatile("" ::"r"(out.data()) : "memory");
    });
    Json rows = Json::array();
    const auto nanoseconds = [weights](double seconds) { return seconds * 1e9 / static_cast<double>(weights); };
    for (const std::string& text : texts) {
        const auto quantizer = quantize::make_quantizer(text);
        const auto apply = [&] { quantizer->apply(panel, out.data(), statistics); };
        const double best = fastest_seconds(options.repeats, apply);
        const double avx2 = fastest_seconds_at(quantize::VectorLevel::avx2, options.repeats, apply);
        const double portable = fastest_seconds_at(quantize::VectorLevel::portable, options.repeats, apply);
        rows.push_back({{"quantizer", quantizer->text()},
                        {"ratio", copy / best},
                        {"weights_per_second", static_cast<double>(weights) / best},
                        {"avx2_ratio", copy / avx2},
                        {"portable_ratio", copy / portable},
                        {"nanoseconds_per_weight", nanoseconds(best)},
                        {"avx2_nanoseconds_per_weight", nanoseconds(avx2)}});
    }
    return {{"rows", options.rows},
            {"cols", options.cols},
            {"memcpy_bytes_per_second", static_cast<double>(weights * sizeof(float)) / copy},
            {"instruction_set", name(quantize::vector_level())},
            {"quantizers", rows}};
}

std::string panel_table(const Json& result)
{
    std::string table = fmt::format(
        "{} x {} fp32, {}; memcpy {:.1f} GB/s\n{:<41} {:>12} {:>10} {:>10} {:>10} {:>10} {:>10}\n",
        result.at("rows").get<std::int64_t>(), result.at("cols").get<std::int64_t>(),
        result.at("instruction_set").get<std::string>(), result.at("memcpy_bytes_per_second").get<double>() / 1e9,
        "quantizer", "weights/s", "of memcpy", "avx2", "portable", "ns/weight", "avx2");
    for (const Json& row : result.at("quantizers"))
        table += fmt::format("{:<41} {:>10.2f} G {:>10.3f} {:>10.3f} {:>10.3f} {:>10.3f} {:>10.3f}\n",
                             row.at("quantizer").get<std::string>(), row.at("weights_per_second").get<double>() / 1e9,
                             row.at("ratio").get<double>(), row.at("avx2_ratio").get<double>(),
                             row.at("portable_ratio").get<double>(), row.at("nanoseconds_per_weight").get<double>(),
                             row.at("avx2_nanoseconds_per_weight").get<double>());
    return table;
}

}  // namespace

Json bench_quantize(const QuantizeBenchOptions& options)
{
    const std::vector<std::string>& usual = options.texts.empty() ? usual_texts : options.texts;
    Json result = bench_panel(options, usual);
    QuantizeBenchOptions wide = options;
    wide.cols = options.wide_cols;
    result["wide"] = bench_panel(wide, usual);
    QuantizeBenchOptions small = options;
    small.rows = options.small_rows;
    small.cols = options.small_cols;
    result["small"] = bench_panel(small, options.texts.empty() ? searching_texts : options.texts);
    return result;
}

std::string quantize_bench_table(const Json& result)
{
    return panel_table(result) + "\n" + panel_table(result.at("wide")) + "\n" + panel_table(result.at("small"));
}

}  // namespace specsweep::bench
