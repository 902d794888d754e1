#pragma once

#include <cstdint>
#include <type_traits>

#include "spectrum/simd.hpp"

namespace specsweep::spectrum {

/// The pending rank-2b update of the trailing matrix, A −= V Wᵀ + W Vᵀ, in the two forms that its kernel reads.
struct PendingUpdate {
    const double* slabs;  ///< [V W], eight rows at a time: slab s, column l, row r at (s·2b + l)·8 + r
    const double* rows;   ///< [W V], row-major, 2b columns
};

/// `slabs` × 8 rows and `columns` columns of A at once; l runs over the 2b columns of [V W].
template <int lanes, int width, int slabs, int columns>
SPECSWEEP_ALWAYS_INLINE void tile_update_block(const double* left, const double* right, double* a, std::int64_t lda)
{
    constexpr int parts = 8 / lanes;
    constexpr int vectors = slabs * parts;
    Vec<lanes> sum[vectors][columns];
    for (int v = 0; v < vectors; ++v)
        for (int j = 0; j < columns; ++j)
            sum[v][j] = Vec<lanes>{};
    for (int l = 0; l < 2 * width; ++l) {
        Vec<lanes> x[vectors];
        for (int v = 0; v < vectors; ++v)
            __builtin_memcpy(&x[v], left + (v / parts * 2 * width + l) * 8 + v % parts * lanes, sizeof x[v]);
        for (int j = 0; j < columns; ++j)
            for (int v = 0; v < vectors; ++v)
                sum[v][j] += right[j * 2 * width + l] * x[v];
    }
    for (int j = 0; j < columns; ++j)
        for (int v = 0; v < vectors; ++v) {
            Vec<lanes> old;
            __builtin_memcpy(&old, a + lanes * v + j * lda, sizeof old);
            old -= sum[v][j];
            __builtin_memcpy(a + lanes * v + j * lda, &old, sizeof old);
        }
}

/// A tile of A whose first row and column are `row` and `col` of the trailing matrix (multiples of 8); its sizes too.
template <int lanes, int width, int slabs_at_once, int columns_at_once>
SPECSWEEP_ALWAYS_INLINE void tile_update(PendingUpdate pending, std::int64_t row, std::int64_t col, std::int64_t rows,
                                         std::int64_t cols, double* a, std::int64_t lda)
{
    const auto strip = [&](auto block_columns, std::int64_t j) SPECSWEEP_INLINE_LAMBDA {
        constexpr int columns = decltype(block_columns)::value;
        const double* const right = pending.rows + (col + j) * 2 * width;
        std::int64_t i = 0;
        for (; i + 8 * slabs_at_once <= rows; i += 8 * slabs_at_once)
            tile_update_block<lanes, width, slabs_at_once, columns>(pending.slabs + (row + i) * 2 * width, right,
                                                                    a + i + j * lda, lda);
        for (; i < rows; i += 8)
            tile_update_block<lanes, width, 1, columns>(pending.slabs + (row + i) * 2 * width, right, a + i + j * lda,
                                                        lda);
    };
    std::int64_t j = 0;
    for (; j + columns_at_once <= cols; j += columns_at_once)
        strip(std::integral_constant<int, columns_at_once>{}, j);
    for (; j < cols; j += 2)
        strip(std::integral_constant<int, 2>{}, j);
}

}  // namespace specsweep::spectrum
