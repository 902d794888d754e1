#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "linalg/matrix_view.hpp"
#include "spectrum/band_matrix.hpp"
#include "spectrum/panel_reflectors.hpp"
#include "spectrum/row_product.hpp"
#include "spectrum/tile_update.hpp"

namespace specsweep::spectrum {

/// How many accumulators the kernels hold, by instruction set and band width b.
template <int vector_lanes, int b, int row_product_rows, int update_slabs, int update_columns>
struct BandKernels {
    static constexpr int lanes = vector_lanes;
    static constexpr int width = b;
    static constexpr int product_rows = row_product_rows;
    static constexpr int slabs = update_slabs;
    static constexpr int columns = update_columns;
};

/// The whole lower triangle in the memory of one rank; for FusedReduction's other storage see group_band.cpp.
class WholeMatrix {
public:
    explicit WholeMatrix(linalg::MatrixView a) : a_(a) {}

    std::int64_t order() const { return a_.cols; }
    std::int64_t ld() const { return a_.ld; }
    /// Whether this rank has column j; column(j) then begins with row 0.
    bool holds(std::int64_t /*j*/) const { return true; }
    double* column(std::int64_t j) const { return a_.column(j); }

    /// Calls visit(column, how many) for this rank's columns from `first` on, at most 32 at a time.
    template <class Visit>
    SPECSWEEP_ALWAYS_INLINE void for_each_strip(std::int64_t first, Visit visit) const
    {
        constexpr std::int64_t strip = 32;
        for (std::int64_t j = first; j < a_.cols; j += strip)
            visit(j, std::min(strip, a_.cols - j));
    }

    /// The panel that begins with column c, from the rank that holds it to all.
    void share_panel(std::int64_t /*c*/, std::span<double> /*panel*/) const {}
    /// Values summed over the ranks, on all.
    void add_up(std::span<double> /*values*/, std::span<double> /*scratch*/) const {}

private:
    linalg::MatrixView a_;
};

/// The steps of reduce_to_band(); V, W, Z are row-major with b columns, row 0 = first row of the trailing matrix.
template <class Kernels, class Storage>
class FusedReduction {
public:
    SPECSWEEP_ALWAYS_INLINE FusedReduction(const Storage& a, const BandMatrix& band, double* memory)
        : a_(a), band_(band), n_(a.order())
    {
        const std::int64_t size = n_ * b;
        panel_ = memory;
        previous_ = memory + size;
        w_ = memory + 2 * size;
        z_ = memory + 3 * size;
        slabs_ = memory + 4 * size;
        rows_ = memory + 6 * size;
    }

    SPECSWEEP_ALWAYS_INLINE void run()
    {
        fetch_panel(0);
        for (std::int64_t c = 0; c < n_; c += b) {
            const std::int64_t below = n_ - c - b;
            if (c > 0)
                update_panel(below + b);
            store_diagonal_block(c);
            if (below == 0)
                return;
            factor_panel<lanes, b>(panel_ + b * b, below, factor_);
            store_triangle(c);
            multiply_trailing(c + b, c > 0);
            std::swap(panel_, previous_);
            fetch_panel(c + b);
            // The packed update has been applied: its memory is free.
            a_.add_up(std::span(z_, static_cast<std::size_t>(below * b)),
                      std::span(slabs_, static_cast<std::size_t>(2 * b * n_)));
            make_update(below);
        }
    }

private:
    static constexpr int b = Kernels::width;
    static constexpr int lanes = Kernels::lanes;

    /// panel = A(c:, c:c+b), row-major, without the update that is pending by then.
    SPECSWEEP_ALWAYS_INLINE void fetch_panel(std::int64_t c)
    {
        const std::int64_t rows = n_ - c;
        if (a_.holds(c)) {
            const double* const columns = a_.column(c) + c;
            for (std::int64_t i = 0; i < rows; ++i)
                for (int j = 0; j < b; ++j)
                    panel_[i * b + j] = columns[i + j * a_.ld()];
        }
        a_.share_panel(c, std::span(panel_, static_cast<std::size_t>(rows * b)));
    }

    /// The pending update on the panel.
    SPECSWEEP_ALWAYS_INLINE void update_panel(std::int64_t rows)
    {
        alignas(64) double minus_w[b * b], minus_v[b * b];  // transposed first rows, sign changed
        const double* const v = previous_ + b * b;
        for (int j = 0; j < b; ++j)
            for (int l = 0; l < b; ++l) {
                minus_w[l * b + j] = -w_[j * b + l];
                minus_v[l * b + j] = -v[j * b + l];
            }
        row_product<lanes, b, Kernels::product_rows>({v, b, 1}, rows, b, minus_w, panel_);
        row_product<lanes, b, Kernels::product_rows>({w_, b, 1}, rows, b, minus_v, panel_);
    }

    SPECSWEEP_ALWAYS_INLINE void store_diagonal_block(std::int64_t c) const
    {
        for (int j = 0; j < b; ++j)
            for (int i = j; i < b; ++i)
                band_.set(c + i, c + j, panel_[i * b + j]);
    }

    SPECSWEEP_ALWAYS_INLINE void store_triangle(std::int64_t c) const
    {
        for (int i = 0; i < b; ++i)
            for (int j = i; j < b; ++j)
                band_.set(c + b + i, c + j, factor_.r[i * b + j]);
    }

    /// Step 3 over all tiles of the trailing matrix, whose first row is `first`.
    SPECSWEEP_ALWAYS_INLINE void multiply_trailing(std::int64_t first, bool pending)
    {
        constexpr std::int64_t tile_rows = 128, tile_cols = 32;
        const std::int64_t size = n_ - first, ld = a_.ld();
        const double* const v = panel_ + b * b;
        std::fill_n(z_, size * b, 0.0);
        // The update was packed for the trailing matrix of the panel before, which began b rows earlier.
        const PendingUpdate update{slabs_ + b * 2 * b, rows_ + b * 2 * b};
        const auto apply = [&](std::int64_t i, std::int64_t j, std::int64_t rows, std::int64_t cols,
                               double* tile) SPECSWEEP_INLINE_LAMBDA {
            if (pending)
                tile_update<lanes, b, Kernels::slabs, Kernels::columns>(update, i, j, rows, cols, tile, ld);
        };
        alignas(64) double square[tile_cols * tile_cols];
        a_.for_each_strip(first, [&](std::int64_t column, std::int64_t cols) SPECSWEEP_INLINE_LAMBDA {
            const std::int64_t j = column - first;
            double* const strip = a_.column(column) + first;
            double* const diagonal = strip + j;
            apply(j, j, cols, cols, diagonal);
            for (std::int64_t q = 0; q < cols; ++q)
                for (std::int64_t p = q; p < cols; ++p)
                    square[p + q * tile_cols] = square[q + p * tile_cols] = diagonal[p + q * ld];
            row_product<lanes, b, Kernels::product_rows>({square, 1, tile_cols}, cols, cols, v + j * b, z_ + j * b);
            for (std::int64_t i = j + cols; i < size; i += tile_rows) {
                const std::int64_t rows = std::min(tile_rows, size - i);
                double* const tile = strip + i;
                apply(i, j, rows, cols, tile);
                row_product<lanes, b, Kernels::product_rows>({tile, 1, ld}, rows, cols, v + j * b, z_ + i * b);
                row_product<lanes, b, Kernels::product_rows>({tile, ld, 1}, cols, rows, v + i * b, z_ + j * b);
            }
        });
    }

    /// Step 4, and the two packed forms of the new update.
    SPECSWEEP_ALWAYS_INLINE void make_update(std::int64_t rows)
    {
        const double* const v = previous_ + b * b;
        alignas(64) double half_m[b * b];
        minus_half_m(v, rows, half_m);
        std::fill_n(w_, rows * b, 0.0);
        row_product<lanes, b, Kernels::product_rows>({z_, b, 1}, rows, b, factor_.t, w_);
        row_product<lanes, b, Kernels::product_rows>({v, b, 1}, rows, b, half_m, w_);
        for (std::int64_t i = 0; i < rows; ++i) {
            double* const slab = slabs_ + i / 8 * 8 * 2 * b + i % 8;
            for (int l = 0; l < b; ++l) {
                slab[l * 8] = v[i * b + l];
                slab[(b + l) * 8] = w_[i * b + l];
                rows_[i * 2 * b + l] = w_[i * b + l];
                rows_[i * 2 * b + b + l] = v[i * b + l];
            }
        }
    }

    /// −½ M = −½ Tᵀ(VᵀZ)T; VᵀZ in blocks of 128 rows.
    SPECSWEEP_ALWAYS_INLINE void minus_half_m(const double* v, std::int64_t rows, double* result) const
    {
        constexpr std::int64_t block = 128;
        alignas(64) double product[b * b] = {}, right[b * b] = {};
        for (std::int64_t i = 0; i < rows; i += block)
            row_product<lanes, b, Kernels::product_rows>({v + i * b, 1, b}, b, std::min(block, rows - i), z_ + i * b,
                                                         product);
        row_product<lanes, b, Kernels::product_rows>({product, b, 1}, b, b, factor_.t, right);
        std::fill_n(result, b * b, 0.0);
        row_product<lanes, b, Kernels::product_rows>({factor_.t, 1, b}, b, b, right, result);
        for (int i = 0; i < b * b; ++i)
            result[i] *= -0.5;
    }

    const Storage& a_;
    const BandMatrix& band_;
    std::int64_t n_;
    double *panel_, *previous_, *w_, *z_, *slabs_, *rows_;
    PanelFactor<b> factor_;
};

}  // namespace specsweep::spectrum
