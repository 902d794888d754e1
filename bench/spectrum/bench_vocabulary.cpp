#include "bench/spectrum/bench_vocabulary.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <random>
#include <string>

#include "base/half.hpp"
#include "base/json.hpp"
#include "base/memory.hpp"
#include "bench/spectrum/machine_rate.hpp"
#include "checkpoint/content_digest.hpp"
#include "measure/measure_unit.hpp"

namespace specsweep::bench {
namespace {

constexpr std::int64_t allowed_beside_buffers = 100'000'000;

/// A file of Gaussian bf16 weights, row-major, gone with this object.
class WeightFile {
public:
    explicit WeightFile(Shape shape)
        : path_(std::filesystem::temp_directory_path() /
                ("specsweep-vocabulary-" + std::to_string(::getpid()) + ".bf16"))
    {
        std::ofstream file(path_, std::ios::binary);
        std::mt19937_64 generator(1);
        std::normal_distribution<float> normal;
        std::vector<std::uint16_t> row(static_cast<std::size_t>(shape.cols));
        for (std::int64_t i = 0; i < shape.rows; ++i) {
            for (std::uint16_t& weight : row)
                weight = float_to_bf16(normal(generator));
            file.write(reinterpret_cast<const char*>(row.data()), static_cast<std::streamsize>(2 * row.size()));
        }
        file.close();
        if (!file)
            throw IoError("cannot write " + path_.string(), {}, "set TMPDIR to a folder with space");
    }
    ~WeightFile()
    {
        std::error_code ignored;
        std::filesystem::remove(path_, ignored);
    }
    WeightFile(const WeightFile&) = delete;
    WeightFile& operator=(const WeightFile&) = delete;

    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

measure::UnitMeasurement fastest_unit(const measure::MatrixInput& input, int repeats)
{
    measure::UnitMeasurement best;
    best.seconds = std::numeric_limits<double>::infinity();
    for (int repeat = 0; repeat < repeats; ++repeat) {
        measure::UnitMeter meter;
        measure::UnitMeasurement unit = meter.measure(input, "reference", {});
        if (unit.seconds < best.seconds)
            best = std::move(unit);
    }
    return best;
}

Json bench_shape(Shape shape, int repeats)
{
    const WeightFile file(shape);
    checkpoint::TensorLocation location;
    location.name = "embedding";
    location.file = file.path();
    location.bytes = 2 * shape.rows * shape.cols;
    location.dtype = DType::bf16;
    location.shape = {shape.rows, shape.cols};
    const checkpoint::Slice slice = checkpoint::Slice::whole(shape.rows, shape.cols);
    measure::MatrixInput input;
    input.location = &location;
    input.slice = &slice;
    input.content_digest = checkpoint::content_digest(location);

    const std::int64_t n = std::min(shape.rows, shape.cols);
    const double rate_before = gemm_rate(n);
    const measure::UnitMeasurement unit = fastest_unit(input, repeats);
    const std::int64_t peak = peak_resident_bytes();
    const double rate = std::max(rate_before, gemm_rate(n));
    const double k = static_cast<double>(n);
    const double pass = static_cast<double>(std::max(shape.rows, shape.cols)) * k * k / rate;
    return {{"rows", shape.rows},
            {"cols", shape.cols},
            {"unit_seconds", unit.seconds},
            {"read_seconds", unit.seconds_read},
            {"pass_seconds", pass},
            {"gemm_flops_per_second", rate},
            {"ratio", unit.seconds / pass},
            {"peak_bytes", peak},
            {"allowed_bytes", spectrum::working_set_bytes(shape.rows, shape.cols, spectrum::Method::automatic) +
                                  allowed_beside_buffers}};
}

}  // namespace

Json bench_vocabulary(const VocabularyBenchOptions& options)
{
    Json rows = Json::array();
    for (const Shape shape : options.shapes)
        rows.push_back(bench_shape(shape, options.repeats));
    return {{"rows", rows}};
}

}  // namespace specsweep::bench
