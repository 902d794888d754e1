#include "oracle/cases.hpp"

#include <filesystem>

#include "base/format.hpp"
#include "checkpoint/checkpoint.hpp"
#include "checkpoint/panel_reader.hpp"
#include "quantize/registry.hpp"
#include "spectrum/test_matrices.hpp"

namespace specsweep::oracle {
namespace {

using spectrum::DenseMatrix;

/// Every kind of quantizer, blocks small enough for 64 columns; q4_k and q6_k need 256.
const char* const quantizer_texts[] = {"int",
                                       "int:block=32",
                                       "int:bits=2,block=16",
                                       "int:bits=8,block=16",
                                       "int:block=tensor",
                                       "int:bits=3,block=32,variant=full",
                                       "int:block=32,scheme=asymmetric",
                                       "int:bits=1,block=16,scheme=asymmetric",
                                       "uniform",
                                       "uniform:bits=2,block=channel",
                                       "binary",
                                       "binary:alpha=energy,block=channel",
                                       "ternary",
                                       "nvfp4",
                                       "nvfp4:block=16x16",
                                       "nvfp4:select=mse",
                                       "nvfp4:variant=torchao",
                                       "mxfp4",
                                       "mxfp4:rounding=stochastic",
                                       "mxfp6",
                                       "mxfp8",
                                       "mxint8",
                                       "fp8",
                                       "fp8:element=e5m2",
                                       "bf16",
                                       "fp16",
                                       "fp:e=3,m=2",
                                       "nf4",
                                       "af4",
                                       "bnb-fp4",
                                       "log2",
                                       "apot",
                                       "kmeans",
                                       "lloyd",
                                       "mulaw",
                                       "q8_0",
                                       "q4_0",
                                       "q4_1",
                                       "q5_0",
                                       "q5_1",
                                       "iq4_nl",
                                       "int:block=32,cast=bf16"};

/// σ_k = k^(−β) between two products of four random reflections, rounded to fp32.
DenseMatrix power_law(std::int64_t m, std::int64_t n, double beta, unsigned seed)
{
    DenseMatrix w = spectrum::matrix_of(m, n, [](auto, auto) { return 0; });
    for (std::int64_t k = 0; k < std::min(m, n); ++k)
        w(k, k) = std::pow(static_cast<double>(k + 1), -beta);
    for (unsigned r = 0; r < 4; ++r) {
        const DenseMatrix u = spectrum::gaussian(1, m, seed + 2 * r), v = spectrum::gaussian(1, n, seed + 2 * r + 1);
        double uu = 0, vv = 0;
        for (const double x : u.values)
            uu += x * x;
        for (const double x : v.values)
            vv += x * x;
        for (std::int64_t j = 0; j < n; ++j) {
            double dot = 0;
            for (std::int64_t i = 0; i < m; ++i)
                dot += u(0, i) * w(i, j);
            for (std::int64_t i = 0; i < m; ++i)
                w(i, j) -= 2 * dot / uu * u(0, i);
        }
        for (std::int64_t i = 0; i < m; ++i) {
            double dot = 0;
            for (std::int64_t j = 0; j < n; ++j)
                dot += v(0, j) * w(i, j);
            for (std::int64_t j = 0; j < n; ++j)
                w(i, j) -= 2 * dot / vv * v(0, j);
        }
    }
    return spectrum::reshaped(w, [](double x, auto, auto) { return x; });
}

DenseMatrix outlier_columns(std::int64_t m, std::int64_t n, std::int64_t every, double factor)
{
    return spectrum::reshaped(spectrum::gaussian(m, n, 31),
                              [=](double w, auto, std::int64_t j) { return j % every == 1 ? factor * w : w; });
}

void add_synthetic(std::vector<Case>& cases)
{
    const auto add = [&](std::string name, DenseMatrix matrix) {
        cases.push_back({std::move(name), Origin::synthetic, std::move(matrix)});
    };
    const std::vector<std::pair<std::int64_t, std::int64_t>> shapes{
        {64, 64}, {300, 40}, {40, 300}, {128, 96}, {101, 97}};
    unsigned seed = 100;
    for (const auto& [m, n] : shapes) {
        for (int repeat = 0; repeat < 3; ++repeat)
            add(fmt::format("gaussian-{}x{}-{}", m, n, repeat), spectrum::gaussian(m, n, ++seed));
        for (const double beta : {0.5, 0.75, 1.0, 1.25, 1.5, 2.0})
            add(fmt::format("power-law-{}-{}x{}", beta, m, n), power_law(m, n, beta, seed += 10));
        for (const double factor : {10, 100, 1000})
            add(fmt::format("outlier-columns-{}-{}x{}", factor, m, n), outlier_columns(m, n, 16, factor));
        for (const std::int64_t rank : {std::int64_t{1}, std::int64_t{10}, std::min(m, n) / 2})
            add(fmt::format("rank-{}-{}x{}", rank, m, n), spectrum::low_rank(m, n, rank));
        for (const double decades : {2, 4, 8})
            add(fmt::format("graded-{}-{}x{}", decades, m, n), spectrum::graded(m, n, decades / 2, decades));
    }
    for (const auto& family : spectrum::all_families()) {
        std::string name = family.name;
        std::replace(name.begin(), name.end(), ' ', '-');
        add(name + "-90x70", family.make(90, 70));
        add(name + "-50x260", family.make(50, 260));
    }
    add("gaussian-300x300", spectrum::gaussian(300, 300, 77));
    add("power-law-1-300x300", power_law(300, 300, 1, 78));
    add("constant-300x300", spectrum::matrix_of(300, 300, [](auto, auto) { return 0.1; }));
    add("gaussian-600x600", spectrum::gaussian(600, 600, 79));
    add("gaussian-2000x400", spectrum::gaussian(2000, 400, 80));
    add("outlier-columns-100-800x500", outlier_columns(800, 500, 16, 100));
}

std::vector<float> in_single(const DenseMatrix& matrix)
{
    return {matrix.values.begin(), matrix.values.end()};
}

DenseMatrix quantized(const DenseMatrix& matrix, const std::string& text)
{
    const auto quantizer = quantize::make_quantizer(text);
    const std::vector<float> in = in_single(matrix);
    std::vector<float> out(in.size());
    const quantize::TensorStatistics statistics = quantize::statistics_of(in, matrix.cols);
    quantizer->apply({in.data(), 0, matrix.rows, matrix.cols}, out.data(), statistics);
    return {matrix.rows, matrix.cols, {out.begin(), out.end()}};
}

/// The upper left corner of a stored matrix.
DenseMatrix corner(const checkpoint::Checkpoint& checkpoint, const checkpoint::Matrix& matrix, std::int64_t rows,
                   std::int64_t cols)
{
    checkpoint::PanelReader reader(checkpoint.tensor(matrix.tensor), matrix.slice);
    std::vector<float> all(static_cast<std::size_t>(reader.rows() * reader.cols()));
    reader.read_rows(0, reader.rows(), std::span<float>(all));
    return spectrum::matrix_of(
        std::min(rows, reader.rows()), std::min(cols, reader.cols()),
        [&](std::int64_t i, std::int64_t j) { return all[static_cast<std::size_t>(i * reader.cols() + j)]; });
}

void add_checkpoint(std::vector<Case>& cases)
{
    const std::filesystem::path folder = std::filesystem::path(SPECSWEEP_SOURCE_DIR) / "examples/shakespeare-gpt2";
    for (const char* step : {"step0", "step3000"}) {
        const auto checkpoint = checkpoint::Checkpoint::open(folder / step);
        int taken = 0;
        for (const checkpoint::Matrix& matrix : checkpoint.inventory().matrices) {
            if (matrix.block_index < 0 || matrix.block_index % 2 == 1)
                continue;
            cases.push_back(
                {fmt::format("{}-{}", step, matrix.name), Origin::checkpoint, corner(checkpoint, matrix, 512, 512)});
            // Every quantizer on an MLP matrix, trained; half of them on an attention one, too.
            if (step[4] != '3' || ++taken > 5 || (taken != 1 && taken != 5))
                continue;
            int number = 0;
            for (const char* text : quantizer_texts)
                if (taken == 5 || ++number % 2 == 0)
                    cases.push_back({fmt::format("{}-{}", matrix.name, text), Origin::quantized,
                                     quantized(corner(checkpoint, matrix, 96, 64), text)});
        }
    }
}

}  // namespace

std::vector<Case> all_cases()
{
    std::vector<Case> cases;
    add_synthetic(cases);
    add_checkpoint(cases);
    return cases;
}

}  // namespace specsweep::oracle
