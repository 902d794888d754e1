#include "measure/error_pass.hpp"

#include <algorithm>
#include <cmath>

#include "measure/running_sums.hpp"
#include "spectrum/load_widened.hpp"
#include "spectrum/simd.hpp"

namespace specsweep::measure {
namespace {

using spectrum::InstructionSet;
using spectrum::load_widened;
using spectrum::Vec;

/// What is summed over a row.
enum Quantity { inner, square, magnitude, product, quantities = product + static_cast<int>(probe_count) };

/// Sixteen running values of each.
struct RowSums {
    double of[quantities][running_sums];
};

/// Neighbouring rows of W and W̃.
struct Rows {
    const float* original;
    const float* decoded;
    const double* x[probe_count];
    double* column_sums;
    const float* written;  ///< the same rows of what is written next: new memory, which comes into the cache meanwhile
    std::int64_t cols;
};

// Every loop over rows, vectors and probes must be unrolled: their running values would be in memory otherwise.
#define SPECSWEEP_UNROLL _Pragma("GCC unroll 8")

/// Of magnitudes, which order as their bits do: AVX-512's maximum of integers leaves the ports of the additions free,
/// the other instruction sets have none.
template <int lanes>
SPECSWEEP_ALWAYS_INLINE void raise(Vec<lanes>& greatest, const Vec<lanes>& size)
{
    using Bits = typename spectrum::VectorTypes<lanes>::Bits;
    if constexpr (lanes == 8)
        greatest = (Vec<lanes>)((Bits)greatest < (Bits)size ? (Bits)size : (Bits)greatest);
    else
        greatest = greatest < size ? size : greatest;
}

template <int lanes, int vectors, int rows>
struct Registers {
    Vec<lanes> of[rows][quantities][vectors];
    Vec<lanes> greatest[vectors];
};

/// What the entries of one vector of columns add. Several rows share what is loaded of x and the column sums.
template <int lanes, int vectors, int rows>
SPECSWEEP_ALWAYS_INLINE void add_columns(const Rows& at, std::int64_t col, int v, Registers<lanes, vectors, rows>& sums)
{
    constexpr std::uint64_t sign = std::uint64_t{1} << 63;
    using Bits = typename spectrum::VectorTypes<lanes>::Bits;
    Vec<lanes> column, x[probe_count];
    load_widened<lanes>(at.column_sums + col, column);
    SPECSWEEP_UNROLL
    for (std::size_t p = 0; p < probe_count; ++p)
        load_widened<lanes>(at.x[p] + col, x[p]);
    SPECSWEEP_UNROLL
    for (int r = 0; r < rows; ++r) {
        if (v == 0)
            __builtin_prefetch(at.written + r * at.cols + col, 1);
        Vec<lanes> w, e;
        load_widened<lanes>(at.original + r * at.cols + col, w);
        load_widened<lanes>(at.decoded + r * at.cols + col, e);
        e -= w;
        const Vec<lanes> size = (Vec<lanes>)((Bits)e & ~(Bits{} + sign));
        sums.of[r][inner][v] += w * e;
        sums.of[r][square][v] += e * e;
        sums.of[r][magnitude][v] += size;
        raise<lanes>(sums.greatest[v], size);
        column += size;
        SPECSWEEP_UNROLL
        for (std::size_t p = 0; p < probe_count; ++p)
            sums.of[r][product + p][v] += e * x[p];
    }
    store<lanes>(column, at.column_sums + col);
}

/// The running values first … first + lanes·vectors − 1 over the columns begin … end − 1, whole multiples of sixteen:
/// as many as the registers hold at once.
template <int lanes, int vectors, int rows>
SPECSWEEP_ALWAYS_INLINE void sum_lanes(const Rows& at, std::int64_t begin, std::int64_t end, int first, RowSums* sums,
                                       double* greatest)
{
    Registers<lanes, vectors, rows> running = {};
    SPECSWEEP_UNROLL
    for (int v = 0; v < vectors; ++v) {
        load_widened<lanes>(greatest + first + v * lanes, running.greatest[v]);
        SPECSWEEP_UNROLL
        for (int i = 0; begin > 0 && i < rows * quantities; ++i)
            load_widened<lanes>(sums[i / quantities].of[i % quantities] + first + v * lanes,
                                running.of[i / quantities][i % quantities][v]);
    }
    for (std::int64_t col = begin + first; col < end; col += running_sums) {
        SPECSWEEP_UNROLL
        for (int v = 0; v < vectors; ++v)
            add_columns<lanes, vectors, rows>(at, col + v * lanes, v, running);
    }
    SPECSWEEP_UNROLL
    for (int v = 0; v < vectors; ++v) {
        store<lanes>(running.greatest[v], greatest + first + v * lanes);
        SPECSWEEP_UNROLL
        for (int i = 0; i < rows * quantities; ++i)
            store<lanes>(running.of[i / quantities][i % quantities][v],
                         sums[i / quantities].of[i % quantities] + first + v * lanes);
    }
}

/// The columns behind the last whole sixteen of one row.
SPECSWEEP_ALWAYS_INLINE void sum_rest(const Rows& at, int row, std::int64_t whole, RowSums& sums, double* greatest)
{
    for (std::int64_t c = whole; c < at.cols; ++c) {
        const std::int64_t lane = c - whole;
        const double w = at.original[row * at.cols + c];
        const double e = static_cast<double>(at.decoded[row * at.cols + c]) - w;
        const double size = std::abs(e);
        sums.of[inner][lane] += w * e;
        sums.of[square][lane] += e * e;
        sums.of[magnitude][lane] += size;
        greatest[lane] = std::max(greatest[lane], size);
        at.column_sums[c] += size;
        for (std::size_t p = 0; p < probe_count; ++p)
            sums.of[product + p][lane] += e * at.x[p][c];
    }
}

template <int lanes>
SPECSWEEP_ALWAYS_INLINE void add_row(RowSums& sums, PanelSums& total)
{
    PairMoments& moments = total.moments;
    moments.inner_product += tree_sum<lanes>(sums.of[inner]);
    moments.error_frobenius_squared += tree_sum<lanes>(sums.of[square]);
    moments.row_sum_max = std::max(moments.row_sum_max, tree_sum<lanes>(sums.of[magnitude]));
    for (std::size_t p = 0; p < probe_count; ++p) {
        const double of_row = tree_sum<lanes>(sums.of[product + p]);
        total.forward[p] += of_row * of_row;
    }
}

template <int lanes, int vectors, int rows>
SPECSWEEP_ALWAYS_INLINE void pass_few(const Rows& at, PanelSums& total, double* greatest)
{
    // x and the column sums of so many columns stay in the first-level cache from one part of the lanes to the next.
    constexpr std::int64_t most_columns = 512;
    const std::int64_t whole = at.cols / running_sums * running_sums;
    RowSums sums[rows];
    for (std::int64_t begin = 0; begin < whole; begin += most_columns)
        for (int first = 0; first < running_sums; first += lanes * vectors)
            sum_lanes<lanes, vectors, rows>(at, begin, std::min(whole, begin + most_columns), first, sums, greatest);
    for (int r = 0; r < rows; ++r) {
        if (whole == 0)
            sums[r] = {};
        sum_rest(at, r, whole, sums[r], greatest);
        add_row<lanes>(sums[r], total);
    }
}

SPECSWEEP_ALWAYS_INLINE void round_error(const Rows& at, std::int64_t count, float* error)
{
    for (std::int64_t i = 0; i < count; ++i)
        error[i] = at.decoded[i] - at.original[i];
}

template <int lanes, int vectors, int rows_at_once>
SPECSWEEP_ALWAYS_INLINE void pass_body(Rows at, std::int64_t rows, float* error, PanelSums& total)
{
    double greatest[running_sums] = {};
    for (std::int64_t row = 0; row < rows;) {
        const std::int64_t count = rows - row >= rows_at_once ? rows_at_once : 1;
        const std::int64_t elements = count * at.cols;
        at.written = error != nullptr ? error : at.decoded;
        if (count == rows_at_once)
            pass_few<lanes, vectors, rows_at_once>(at, total, greatest);
        else
            pass_few<lanes, vectors, 1>(at, total, greatest);
        if (error != nullptr) {
            round_error(at, elements, error);
            error += elements;
        }
        at.original += elements;
        at.decoded += elements;
        row += count;
    }
    for (const double most : greatest)
        total.moments.error_max = std::max(total.moments.error_max, most);
}

SPECSWEEP_TARGET_AVX512 void pass_avx512(const Rows& at, std::int64_t rows, float* error, PanelSums& total)
{
    pass_body<8, 2, 2>(at, rows, error, total);
}

SPECSWEEP_TARGET_AVX2 void pass_avx2(const Rows& at, std::int64_t rows, float* error, PanelSums& total)
{
    pass_body<4, 1, 1>(at, rows, error, total);
}

void pass_plain(const Rows& at, std::int64_t rows, float* error, PanelSums& total)
{
    pass_body<2, 1, 2>(at, rows, error, total);
}

}  // namespace

void error_pass(std::span<const float> original, std::span<const float> decoded, const Probes& probes,
                std::span<double> column_sums, float* error, PanelSums& total, InstructionSet instructions)
{
    const std::int64_t cols = probes.cols();
    if (cols == 0)
        return;
    const auto rows = static_cast<std::int64_t>(original.size()) / cols;
    const Rows first{.original = original.data(),
                     .decoded = decoded.data(),
                     .x = {probes.x(0), probes.x(1)},
                     .column_sums = column_sums.data(),
                     .written = nullptr,
                     .cols = cols};
    if (instructions == InstructionSet::avx512)
        pass_avx512(first, rows, error, total);
    else
        (instructions == InstructionSet::avx2 ? pass_avx2 : pass_plain)(first, rows, error, total);
}

}  // namespace specsweep::measure
