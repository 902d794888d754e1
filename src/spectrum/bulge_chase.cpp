#include "spectrum/bulge_chase.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/integer.hpp"
#include "spectrum/negligible.hpp"

namespace specsweep::spectrum {
namespace {

constexpr int sweeps_at_once = 8;

/// H = I − τ v vᵀ of the block that a sweep treated last.
template <int b>
struct Reflector {
    alignas(64) double v[b];
    double tau;
};

template <int lanes, int b>
struct Column {
    static constexpr int vectors = b / lanes;
    Vec<lanes> part[vectors];

    // Register by register: copied as a whole, GCC would keep the array in memory.
    SPECSWEEP_ALWAYS_INLINE void load(const double* x)
    {
        for (int i = 0; i < vectors; ++i)
            __builtin_memcpy(&part[i], x + i * lanes, sizeof part[i]);
    }
    SPECSWEEP_ALWAYS_INLINE void store(double* x) const
    {
        for (int i = 0; i < vectors; ++i)
            __builtin_memcpy(x + i * lanes, &part[i], sizeof part[i]);
    }
    SPECSWEEP_ALWAYS_INLINE void clear()
    {
        for (Vec<lanes>& p : part)
            p = Vec<lanes>{};
    }
};

/// sums[i] = the sum of the entries of x[i]: rounds of halving instead of one reduction for each.
SPECSWEEP_ALWAYS_INLINE void transposed_sums(const Vec<8> (&x)[8], Vec<8>& sums)
{
    Vec<8> y[4], z[2];
    for (int i = 0; i < 4; ++i)
        y[i] = __builtin_shufflevector(x[2 * i], x[2 * i + 1], 0, 8, 2, 10, 4, 12, 6, 14) +
               __builtin_shufflevector(x[2 * i], x[2 * i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
    for (int i = 0; i < 2; ++i)
        z[i] = __builtin_shufflevector(y[2 * i], y[2 * i + 1], 0, 1, 8, 9, 4, 5, 12, 13) +
               __builtin_shufflevector(y[2 * i], y[2 * i + 1], 2, 3, 10, 11, 6, 7, 14, 15);
    sums = __builtin_shufflevector(z[0], z[1], 0, 1, 2, 3, 8, 9, 10, 11) +
           __builtin_shufflevector(z[0], z[1], 4, 5, 6, 7, 12, 13, 14, 15);
}

SPECSWEEP_ALWAYS_INLINE void transposed_sums(const Vec<4> (&x)[4], Vec<4>& sums)
{
    Vec<4> y[2];
    for (int i = 0; i < 2; ++i)
        y[i] = __builtin_shufflevector(x[2 * i], x[2 * i + 1], 0, 4, 2, 6) +
               __builtin_shufflevector(x[2 * i], x[2 * i + 1], 1, 5, 3, 7);
    sums = __builtin_shufflevector(y[0], y[1], 0, 1, 4, 5) + __builtin_shufflevector(y[0], y[1], 2, 3, 6, 7);
}

SPECSWEEP_ALWAYS_INLINE void transposed_sums(const Vec<2> (&x)[2], Vec<2>& sums)
{
    sums = __builtin_shufflevector(x[0], x[1], 0, 2) + __builtin_shufflevector(x[0], x[1], 1, 3);
}

/// xᵀy.
template <int lanes, int b>
SPECSWEEP_ALWAYS_INLINE double dot(const Column<lanes, b>& x, const Column<lanes, b>& y)
{
    Vec<lanes> products = x.part[0] * y.part[0];
    for (int i = 1; i < Column<lanes, b>::vectors; ++i)
        products += x.part[i] * y.part[i];
    double sum = 0;
    for (int i = 0; i < lanes / 2; ++i)
        sum += products[i] + products[i + lanes / 2];
    return sum;
}

/// Reflector that maps x to (β, 0, …, 0); x is replaced by that.
template <int lanes, int b>
SPECSWEEP_ALWAYS_INLINE void make_reflector(double* x, Reflector<b>& h)
{
    Column<lanes, b> c;
    c.load(x);
    const double alpha = x[0];
    c.part[0][0] = 0;
    const double tail = dot(c, c);
    double beta = alpha, scale = 0;
    h.tau = 0;
    if (tail > negligible_square) {
        beta = -std::copysign(std::sqrt(alpha * alpha + tail), alpha);
        h.tau = (beta - alpha) / beta;
        scale = 1 / (alpha - beta);
    }
    for (Vec<lanes>& p : c.part)
        p *= scale;
    c.part[0][0] = 1;
    c.store(h.v);
    c.clear();
    c.part[0][0] = beta;
    c.store(x);
}

/// D ← H D H for the symmetric b × b block at d, of which all but the last column is held in full.
template <int lanes, int b>
SPECSWEEP_ALWAYS_INLINE void apply_two_sided(double* d, std::int64_t ld, const Reflector<b>& h)
{
    Column<lanes, b> v, p;
    v.load(h.v);
    p.clear();
    for (int j = 0; j < b; ++j) {
        Column<lanes, b> column;
        column.load(d + j * ld);
        for (int i = 0; i < Column<lanes, b>::vectors; ++i)
            p.part[i] += h.v[j] * column.part[i];
    }
    const double half = 0.5 * h.tau * h.tau * dot(p, v);
    alignas(64) double w[b];
    for (int i = 0; i < Column<lanes, b>::vectors; ++i)
        p.part[i] = h.tau * p.part[i] - half * v.part[i];
    p.store(w);
    for (int j = 0; j < b; ++j) {
        Column<lanes, b> column;
        column.load(d + j * ld);
        for (int i = 0; i < Column<lanes, b>::vectors; ++i)
            column.part[i] -= w[j] * v.part[i] + h.v[j] * p.part[i];
        column.store(d + j * ld);
    }
}

/// O ← O H.
template <int lanes, int b>
SPECSWEEP_ALWAYS_INLINE void apply_from_right(double* o, std::int64_t ld, const Reflector<b>& h)
{
    Column<lanes, b> p;
    p.clear();
    for (int j = 0; j < b; ++j) {
        Column<lanes, b> column;
        column.load(o + j * ld);
        for (int i = 0; i < Column<lanes, b>::vectors; ++i)
            p.part[i] += h.v[j] * column.part[i];
    }
    for (Vec<lanes>& part : p.part)
        part *= h.tau;
    for (int j = 0; j < b; ++j) {
        Column<lanes, b> column;
        column.load(o + j * ld);
        for (int i = 0; i < Column<lanes, b>::vectors; ++i)
            column.part[i] -= h.v[j] * p.part[i];
        column.store(o + j * ld);
    }
}

/// Columns 1 … b−1 of O ← H O; column 0 is what H was made from.
template <int lanes, int b>
SPECSWEEP_ALWAYS_INLINE void apply_from_left(double* o, std::int64_t ld, const Reflector<b>& h)
{
    Column<lanes, b> v;
    v.load(h.v);
    alignas(64) double dots[b];
    for (int j = 0; j < b; j += lanes) {
        Vec<lanes> products[lanes], sums;
        for (int c = 0; c < lanes; ++c) {
            Column<lanes, b> column;
            column.load(o + (j + c) * ld);
            products[c] = column.part[0] * v.part[0];
            for (int i = 1; i < Column<lanes, b>::vectors; ++i)
                products[c] += column.part[i] * v.part[i];
        }
        transposed_sums(products, sums);
        sums *= h.tau;
        __builtin_memcpy(dots + j, &sums, sizeof sums);
    }
    for (int j = 1; j < b; ++j) {
        Column<lanes, b> column;
        column.load(o + j * ld);
        for (int i = 0; i < Column<lanes, b>::vectors; ++i)
            column.part[i] -= dots[j] * v.part[i];
        column.store(o + j * ld);
    }
}

/// Block k of sweep s; `h` holds the reflector of block k − 1 and gets that of block k.
template <int lanes, int b>
SPECSWEEP_ALWAYS_INLINE void chase_block(const BandMatrix& band, std::int64_t s, std::int64_t k, Reflector<b>& h)
{
    constexpr std::int64_t ld = 3 * b;
    const std::int64_t r = s + 1 + k * b;
    double* const d = band.at(r, r);
    // The last row of the block was below the diagonal blocks of the sweep before: its mirror image is out of date.
    // Early, so that these scalar stores have left the store queue when the vectors are loaded.
    for (int j = 0; j < b - 1; ++j)
        d[j + (b - 1) * ld] = d[(b - 1) + j * ld];
    if (k == 0) {
        make_reflector<lanes, b>(band.at(r, s), h);
    } else {
        double* const o = band.at(r, r - b);
        apply_from_right<lanes, b>(o, ld, h);
        make_reflector<lanes, b>(o, h);
        apply_from_left<lanes, b>(o, ld, h);
    }
    apply_two_sided<lanes, b>(d, ld, h);
}

template <int lanes, int b>
SPECSWEEP_ALWAYS_INLINE void chase_body(const BandMatrix& band)
{
    const std::int64_t n = band.order();
    Reflector<b> reflectors[sweeps_at_once];
    for (std::int64_t first = 0; first < n - 2; first += sweeps_at_once) {
        const auto sweeps = static_cast<int>(std::min<std::int64_t>(sweeps_at_once, n - 2 - first));
        // Sweep first + g has blocks 0 … ⌈(n − s − 1)/b⌉ − 1 and starts two steps after its predecessor.
        const std::int64_t most_blocks = divide_up<std::int64_t>(n - first - 1, b);
        for (std::int64_t step = 0; step < most_blocks + 2 * (sweeps - 1); ++step)
            for (int g = 0; g < sweeps; ++g) {
                const std::int64_t s = first + g;
                const std::int64_t k = step - 2 * g;
                if (k >= 0 && s + 1 + k * b < n)
                    chase_block<lanes, b>(band, s, k, reflectors[g]);
            }
    }
}

SPECSWEEP_TARGET_AVX512 void chase_avx512_16(const BandMatrix& band)
{
    chase_body<8, 16>(band);
}

SPECSWEEP_TARGET_AVX512 void chase_avx512_8(const BandMatrix& band)
{
    chase_body<4, 8>(band);
}

SPECSWEEP_TARGET_AVX2 void chase_avx2(const BandMatrix& band)
{
    chase_body<4, 8>(band);
}

void chase_plain(const BandMatrix& band)
{
    chase_body<2, 8>(band);
}

}  // namespace

void chase_bulges(const BandMatrix& band, std::span<double> diagonal, std::span<double> subdiagonal,
                  InstructionSet instructions)
{
    const std::int64_t n = band.order();
    const std::int64_t b = band.half_width();
    const bool wide = instructions == InstructionSet::avx512;
    if ((b != 8 && (b != 16 || !wide)) || std::ssize(diagonal) < n || std::ssize(subdiagonal) < n - 1)
        throw InternalError("shapes of a bulge chase do not fit");
    if (wide)
        (b == 16 ? chase_avx512_16 : chase_avx512_8)(band);
    else
        (instructions == InstructionSet::avx2 ? chase_avx2 : chase_plain)(band);
    for (std::int64_t i = 0; i < n; ++i) {
        diagonal[static_cast<std::size_t>(i)] = *band.at(i, i);
        if (i + 1 < n)
            subdiagonal[static_cast<std::size_t>(i)] = *band.at(i + 1, i);
    }
}

}  // namespace specsweep::spectrum
