#pragma once

#include <cstdint>

#include "spectrum/simd.hpp"

namespace specsweep::spectrum {

/// Where the scalars of a row product lie: s(i, j) = data[i·row_stride + j·column_stride].
struct Scalars {
    const double* data;
    std::int64_t row_stride, column_stride;
};

/// C(i, :) += Σ_j s(i, j) B(j, :) for `rows` rows at once, B and C row-major with `width` columns.
/// The sum over j is finished in registers before it is added to C.
template <int lanes, int width, int rows>
SPECSWEEP_ALWAYS_INLINE void row_product_block(Scalars s, std::int64_t terms, const double* b, double* c)
{
    constexpr int vectors = width / lanes;
    Vec<lanes> sum[rows][vectors];
    for (int r = 0; r < rows; ++r)
        for (int v = 0; v < vectors; ++v)
            sum[r][v] = Vec<lanes>{};
    for (std::int64_t j = 0; j < terms; ++j) {
        Vec<lanes> row[vectors];
        for (int v = 0; v < vectors; ++v)
            __builtin_memcpy(&row[v], b + j * width + lanes * v, sizeof row[v]);
        const double* const column = s.data + j * s.column_stride;
        for (int r = 0; r < rows; ++r)
            for (int v = 0; v < vectors; ++v)
                sum[r][v] += column[r * s.row_stride] * row[v];
    }
    for (int r = 0; r < rows; ++r)
        for (int v = 0; v < vectors; ++v) {
            Vec<lanes> old;
            __builtin_memcpy(&old, c + r * width + lanes * v, sizeof old);
            old += sum[r][v];
            __builtin_memcpy(c + r * width + lanes * v, &old, sizeof old);
        }
}

/// The one multiplication of the band reduction (spectra.md §9): tile·V, tileᵀ·V, V·M and VᵀZ are all this, with other
/// strides. `rows_at_once`·width/lanes accumulators have to fit the registers.
template <int lanes, int width, int rows_at_once>
SPECSWEEP_ALWAYS_INLINE void row_product(Scalars s, std::int64_t rows, std::int64_t terms, const double* b, double* c)
{
    std::int64_t i = 0;
    for (; i + rows_at_once <= rows; i += rows_at_once)
        row_product_block<lanes, width, rows_at_once>({s.data + i * s.row_stride, s.row_stride, s.column_stride}, terms,
                                                      b, c + i * width);
    for (; i < rows; ++i)
        row_product_block<lanes, width, 1>({s.data + i * s.row_stride, s.row_stride, s.column_stride}, terms, b,
                                           c + i * width);
}

}  // namespace specsweep::spectrum
