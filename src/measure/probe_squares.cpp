#include "measure/probe_squares.hpp"

#include "measure/running_sums.hpp"
#include "spectrum/load_widened.hpp"

namespace specsweep::measure {
namespace {

using spectrum::InstructionSet;
using spectrum::load_widened;
using spectrum::Vec;

template <int lanes>
SPECSWEEP_ALWAYS_INLINE double product(const float* row, const double* x, std::int64_t cols)
{
    constexpr int vectors = running_sums / lanes;
    const std::int64_t whole = cols / running_sums * running_sums;
    Vec<lanes> running[vectors] = {};
    for (std::int64_t c = 0; c < whole; c += running_sums)
        for (int v = 0; v < vectors; ++v) {
            Vec<lanes> w, factor;
            load_widened<lanes>(row + c + v * lanes, w);
            load_widened<lanes>(x + c + v * lanes, factor);
            running[v] += w * factor;
        }
    double sums[running_sums];
    for (int v = 0; v < vectors; ++v)
        store<lanes>(running[v], sums + v * lanes);
    for (std::int64_t c = whole; c < cols; ++c)
        sums[c - whole] += static_cast<double>(row[c]) * x[c];
    return tree_sum<lanes>(sums);
}

SPECSWEEP_TARGET_AVX512 double product_avx512(const float* row, const double* x, std::int64_t cols)
{
    return product<8>(row, x, cols);
}

SPECSWEEP_TARGET_AVX2 double product_avx2(const float* row, const double* x, std::int64_t cols)
{
    return product<4>(row, x, cols);
}

double product_plain(const float* row, const double* x, std::int64_t cols)
{
    return product<2>(row, x, cols);
}

}  // namespace

ProbeSquares probe_squares(const float* row, const Probes& probes, InstructionSet instructions)
{
    const auto of_row = instructions == InstructionSet::avx512 ? product_avx512
                        : instructions == InstructionSet::avx2 ? product_avx2
                                                               : product_plain;
    ProbeSquares squares;
    for (std::size_t p = 0; p < probe_count; ++p) {
        const double value = of_row(row, probes.x(p), probes.cols());
        squares[p] = value * value;
    }
    return squares;
}

}  // namespace specsweep::measure
