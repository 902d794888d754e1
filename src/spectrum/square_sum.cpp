#include "spectrum/square_sum.hpp"

#include <algorithm>
#include <cmath>

#include "spectrum/rounding_model.hpp"
#include "spectrum/simd.hpp"

namespace specsweep::spectrum {
namespace {

constexpr std::int64_t terms_at_once = 8;
constexpr std::int64_t most_terms = 256;  // of a column

/// Eight running sums, in as many registers as they need: the same additions on every instruction set.
template <int lanes>
SPECSWEEP_ALWAYS_INLINE double column_square_sum_body(const double* x, std::int64_t count)
{
    constexpr int vectors = terms_at_once / lanes;
    Vec<lanes> sum[vectors] = {};
    std::int64_t i = 0;
    for (; i + terms_at_once <= count; i += terms_at_once)
        for (int v = 0; v < vectors; ++v) {
            Vec<lanes> part;
            __builtin_memcpy(&part, x + i + v * lanes, sizeof part);
            sum[v] += part * part;
        }
    double total[terms_at_once];
    __builtin_memcpy(total, sum, sizeof total);
    for (; i < count; ++i)
        total[i % terms_at_once] += x[i] * x[i];
    return ((total[0] + total[1]) + (total[2] + total[3])) + ((total[4] + total[5]) + (total[6] + total[7]));
}

SPECSWEEP_TARGET_AVX512 double column_square_sum_avx512(const double* x, std::int64_t count)
{
    return column_square_sum_body<8>(x, count);
}

SPECSWEEP_TARGET_AVX2 double column_square_sum_avx2(const double* x, std::int64_t count)
{
    return column_square_sum_body<4>(x, count);
}

double column_square_sum_plain(const double* x, std::int64_t count)
{
    return column_square_sum_body<2>(x, count);
}

double (*column_square_sum(InstructionSet instructions))(const double*, std::int64_t)
{
    if (instructions == InstructionSet::avx512)
        return column_square_sum_avx512;
    return instructions == InstructionSet::avx2 ? column_square_sum_avx2 : column_square_sum_plain;
}

}  // namespace

void SquareSum::add(linalg::ConstMatrixView piece)
{
    auto* const square_sum_of = column_square_sum(widest_instruction_set());
    for (std::int64_t j = 0; j < piece.cols; ++j)
        add_column(square_sum_of(piece.column(j), piece.rows));
}

void SquareSum::add_values(const float* values, std::int64_t count)
{
    auto* const square_sum_of = column_square_sum(widest_instruction_set());
    double column[most_terms];
    for (std::int64_t i = 0; i < count; i += most_terms) {
        const std::int64_t terms = std::min(most_terms, count - i);
        std::copy_n(values + i, terms, column);
        add_column(square_sum_of(column, terms));
    }
}

void SquareSum::add_values(const double* values, std::int64_t count)
{
    auto* const square_sum_of = column_square_sum(widest_instruction_set());
    for (std::int64_t i = 0; i < count; i += most_terms)
        add_column(square_sum_of(values + i, std::min(most_terms, count - i)));
}

void SquareSum::add_column(double term)
{
    const double next = sum_ + term;  // both ≥ 0; the error of the addition is exact (Knuth)
    const double rounded = next - sum_;
    compensation_ += (sum_ - (next - rounded)) + (term - rounded);
    sum_ = next;
}

double SquareSum::error_bound() const
{
    return gamma_factor(40) * value();
}

}  // namespace specsweep::spectrum
