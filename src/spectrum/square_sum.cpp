#include "spectrum/square_sum.hpp"

#include <cmath>

#include "spectrum/rounding_model.hpp"
#include "spectrum/simd.hpp"

namespace specsweep::spectrum {
namespace {

constexpr std::int64_t lanes = 8;

SPECSWEEP_ALWAYS_INLINE double column_square_sum_body(const double* x, std::int64_t count)
{
    Vec8 sum{};
    std::int64_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        Vec8 v;
        __builtin_memcpy(&v, x + i, sizeof v);
        sum += v * v;
    }
    for (; i < count; ++i)
        sum[i % lanes] += x[i] * x[i];
    return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}

SPECSWEEP_TARGET_AVX512 double column_square_sum_avx512(const double* x, std::int64_t count)
{
    return column_square_sum_body(x, count);
}

double column_square_sum_plain(const double* x, std::int64_t count)
{
    return column_square_sum_body(x, count);
}

}  // namespace

void SquareSum::add(linalg::ConstMatrixView piece)
{
    const bool wide = widest_instruction_set() == InstructionSet::avx512;
    for (std::int64_t j = 0; j < piece.cols; ++j) {
        const double* const x = piece.column(j);
        const double term = wide ? column_square_sum_avx512(x, piece.rows) : column_square_sum_plain(x, piece.rows);
        const double next = sum_ + term;  // both ≥ 0; the error of the addition is exact (Knuth)
        const double rounded = next - sum_;
        compensation_ += (sum_ - (next - rounded)) + (term - rounded);
        sum_ = next;
    }
}

double SquareSum::error_bound() const
{
    return gamma_factor(40) * value();
}

}  // namespace specsweep::spectrum
