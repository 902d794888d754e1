#include "measure/error_pass.hpp"

#include <algorithm>
#include <cmath>

#include "spectrum/load_widened.hpp"
#include "spectrum/simd.hpp"

namespace specsweep::measure {
namespace {

using spectrum::InstructionSet;
using spectrum::Vec;

constexpr int running_sums = 16;
constexpr int probes_at_once = static_cast<int>(ForwardSums::probes);
static_assert(probes_at_once == 2);

/// Sixteen running values of each quantity of a row.
struct RowSums {
    double inner[running_sums];
    double square[running_sums];
    double magnitude[running_sums];
    double greatest[running_sums];
    double output[probes_at_once][running_sums];
    double error[probes_at_once][running_sums];
};

struct Row {
    const float* original;
    const float* decoded;
    const double* x[probes_at_once];
    double* column_sums;
    std::int64_t cols;
};

SPECSWEEP_ALWAYS_INLINE double tree_sum(const double* values)
{
    double half[running_sums / 2];
    for (int i = 0; i < running_sums / 2; ++i)
        half[i] = values[i] + values[i + running_sums / 2];
    for (int i = 0; i < 4; ++i)
        half[i] += half[i + 4];
    for (int i = 0; i < 2; ++i)
        half[i] += half[i + 2];
    return half[0] + half[1];
}

/// The running values first … first + lanes·vectors − 1 over the whole multiples of sixteen of a row: as many as the
/// registers hold at once.
template <int lanes, int vectors>
SPECSWEEP_ALWAYS_INLINE void sum_lanes(const Row& row, std::int64_t whole, int first, RowSums& out)
{
    constexpr std::uint64_t sign = std::uint64_t{1} << 63;
    using Bits = typename spectrum::VectorTypes<lanes>::Bits;
    Vec<lanes> inner[vectors] = {}, square[vectors] = {}, magnitude[vectors] = {}, greatest[vectors] = {};
    Vec<lanes> output[probes_at_once][vectors] = {}, error[probes_at_once][vectors] = {};
    for (std::int64_t c = first; c < whole; c += running_sums)
        for (int v = 0; v < vectors; ++v) {
            const std::int64_t at = c + v * lanes;
            Vec<lanes> w, e;
            spectrum::load_widened<lanes>(row.original + at, w);
            spectrum::load_widened<lanes>(row.decoded + at, e);
            e -= w;
            inner[v] += w * e;
            square[v] += e * e;
            const Vec<lanes> size = (Vec<lanes>)((Bits)e & ~(Bits{} + sign));
            magnitude[v] += size;
            greatest[v] = greatest[v] < size ? size : greatest[v];
            Vec<lanes> column;
            __builtin_memcpy(&column, row.column_sums + at, sizeof column);
            column += size;
            __builtin_memcpy(row.column_sums + at, &column, sizeof column);
            for (int p = 0; p < probes_at_once; ++p) {
                Vec<lanes> x;
                __builtin_memcpy(&x, row.x[p] + at, sizeof x);
                output[p][v] += w * x;
                error[p][v] += e * x;
            }
        }
    for (int v = 0; v < vectors; ++v) {
        const int at = first + v * lanes;
        __builtin_memcpy(out.inner + at, &inner[v], sizeof inner[v]);
        __builtin_memcpy(out.square + at, &square[v], sizeof square[v]);
        __builtin_memcpy(out.magnitude + at, &magnitude[v], sizeof magnitude[v]);
        __builtin_memcpy(out.greatest + at, &greatest[v], sizeof greatest[v]);
        for (int p = 0; p < probes_at_once; ++p) {
            __builtin_memcpy(out.output[p] + at, &output[p][v], sizeof output[p][v]);
            __builtin_memcpy(out.error[p] + at, &error[p][v], sizeof error[p][v]);
        }
    }
}

/// The columns behind the last whole sixteen.
SPECSWEEP_ALWAYS_INLINE void sum_rest(const Row& row, std::int64_t whole, RowSums& sums)
{
    for (std::int64_t c = whole; c < row.cols; ++c) {
        const std::int64_t lane = c - whole;
        const double w = row.original[c];
        const double e = static_cast<double>(row.decoded[c]) - w;
        const double size = std::abs(e);
        sums.inner[lane] += w * e;
        sums.square[lane] += e * e;
        sums.magnitude[lane] += size;
        sums.greatest[lane] = std::max(sums.greatest[lane], size);
        row.column_sums[c] += size;
        for (int p = 0; p < probes_at_once; ++p) {
            sums.output[p][lane] += w * row.x[p][c];
            sums.error[p][lane] += e * row.x[p][c];
        }
    }
}

SPECSWEEP_ALWAYS_INLINE void add_row(const RowSums& sums, PanelSums& total)
{
    PairMoments& moments = total.moments;
    moments.inner_product += tree_sum(sums.inner);
    moments.error_frobenius_squared += tree_sum(sums.square);
    moments.row_sum_max = std::max(moments.row_sum_max, tree_sum(sums.magnitude));
    for (const double greatest : sums.greatest)
        moments.error_max = std::max(moments.error_max, greatest);
    for (std::size_t p = 0; p < ForwardSums::probes; ++p) {
        const double output = tree_sum(sums.output[p]);
        const double error = tree_sum(sums.error[p]);
        total.forward.output[p] += output * output;
        total.forward.error[p] += error * error;
    }
}

/// The row of E that is written next comes into the cache while this one is summed: it is new memory each time.
SPECSWEEP_ALWAYS_INLINE void expect_writes(const float* row, std::int64_t count)
{
    constexpr std::int64_t floats_a_line = 16;
    for (std::int64_t c = 0; c < count; c += floats_a_line)
        __builtin_prefetch(row + c, 1);
}

template <int lanes, int vectors>
SPECSWEEP_ALWAYS_INLINE void pass_body(Row row, std::int64_t rows, float* error, PanelSums& total)
{
    const std::int64_t whole = row.cols / running_sums * running_sums;
    for (std::int64_t r = 0; r < rows; ++r) {
        if (error != nullptr && r + 1 < rows)
            expect_writes(error + row.cols, row.cols);
        RowSums sums;
        for (int first = 0; first < running_sums; first += lanes * vectors)
            sum_lanes<lanes, vectors>(row, whole, first, sums);
        sum_rest(row, whole, sums);
        add_row(sums, total);
        if (error != nullptr) {
            for (std::int64_t c = 0; c < row.cols; ++c)
                error[c] = row.decoded[c] - row.original[c];
            error += row.cols;
        }
        row.original += row.cols;
        row.decoded += row.cols;
    }
}

SPECSWEEP_TARGET_AVX512 void pass_avx512(const Row& row, std::int64_t rows, float* error, PanelSums& total)
{
    pass_body<8, 2>(row, rows, error, total);
}

SPECSWEEP_TARGET_AVX2 void pass_avx2(const Row& row, std::int64_t rows, float* error, PanelSums& total)
{
    pass_body<4, 1>(row, rows, error, total);
}

void pass_plain(const Row& row, std::int64_t rows, float* error, PanelSums& total)
{
    pass_body<2, 1>(row, rows, error, total);
}

}  // namespace

PanelSums error_pass(std::span<const float> original, std::span<const float> decoded, const Probes& probes,
                     std::span<double> column_sums, float* error, InstructionSet instructions)
{
    PanelSums total;
    const std::int64_t cols = probes.cols();
    if (cols == 0)
        return total;
    const auto rows = static_cast<std::int64_t>(original.size()) / cols;
    const Row first{.original = original.data(),
                    .decoded = decoded.data(),
                    .x = {probes.x(0), probes.x(1)},
                    .column_sums = column_sums.data(),
                    .cols = cols};
    if (instructions == InstructionSet::avx512)
        pass_avx512(first, rows, error, total);
    else
        (instructions == InstructionSet::avx2 ? pass_avx2 : pass_plain)(first, rows, error, total);
    return total;
}

}  // namespace specsweep::measure
