#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "spectrum/negligible.hpp"
#include "spectrum/simd.hpp"

namespace specsweep::spectrum {

/// QR of a panel: Q = H_0 … H_{b−1} = I − V T Vᵀ, QᵀP = [R; 0]. b × b matrices are row-major.
template <int b>
struct PanelFactor {
    alignas(64) double r[b * b];
    alignas(64) double t[b * b];
};

/// One column's pass over the rows below `k`: finishes column k (v = scale · column), subtracts v_i·w from the columns
/// right of it, and returns in `products` Σ_i P(i, k+1) P(i, :) over the rows below k + 1, from which the next
/// reflector follows. Sums are made in blocks of 64 rows: a single running sum would drift on constant data (spectra.md
/// §9).
template <int lanes, int b>
SPECSWEEP_ALWAYS_INLINE void sweep_panel_column(double* panel, std::int64_t rows, int k, double scale, const double* w,
                                                double* products)
{
    constexpr int vectors = b / lanes;
    constexpr std::int64_t block = 64;
    alignas(64) double factors[b];
    std::fill_n(factors, b, 1.0);
    factors[k] = scale;
    Vec<lanes> total[vectors], factor[vectors], update[vectors];
    for (int v = 0; v < vectors; ++v) {
        total[v] = Vec<lanes>{};
        __builtin_memcpy(&factor[v], factors + lanes * v, sizeof factor[v]);
        __builtin_memcpy(&update[v], w + lanes * v, sizeof update[v]);
    }
    const int next = k + 1 < b ? k + 1 : k;
    for (std::int64_t start = k + 1; start < rows; start += block) {
        Vec<lanes> sum[vectors];
        for (int v = 0; v < vectors; ++v)
            sum[v] = Vec<lanes>{};
        const std::int64_t end = std::min(rows, start + block);
        for (std::int64_t i = start; i < end; ++i) {
            double* const row = panel + i * b;
            const double reflector = row[k] * scale;
            Vec<lanes> x[vectors];
            for (int v = 0; v < vectors; ++v) {
                __builtin_memcpy(&x[v], row + lanes * v, sizeof x[v]);
                x[v] = x[v] * factor[v] - reflector * update[v];
                __builtin_memcpy(row + lanes * v, &x[v], sizeof x[v]);
            }
            const double pivot = i > k + 1 ? row[next] : 0;  // the row of the next diagonal is not below it
            for (int v = 0; v < vectors; ++v)
                sum[v] += pivot * x[v];
        }
        for (int v = 0; v < vectors; ++v)
            total[v] += sum[v];
    }
    for (int v = 0; v < vectors; ++v)
        __builtin_memcpy(products + lanes * v, &total[v], sizeof total[v]);
}

/// Σ_i P(i, 0) P(i, :) over the rows below 0, in the same blocks.
template <int lanes, int b>
SPECSWEEP_ALWAYS_INLINE void first_products(const double* panel, std::int64_t rows, double* products)
{
    constexpr int vectors = b / lanes;
    constexpr std::int64_t block = 64;
    Vec<lanes> total[vectors] = {};
    for (std::int64_t start = 1; start < rows; start += block) {
        Vec<lanes> sum[vectors] = {};
        const std::int64_t end = std::min(rows, start + block);
        for (std::int64_t i = start; i < end; ++i)
            for (int v = 0; v < vectors; ++v) {
                Vec<lanes> x;
                __builtin_memcpy(&x, panel + i * b + lanes * v, sizeof x);
                sum[v] += panel[i * b] * x;
            }
        for (int v = 0; v < vectors; ++v)
            total[v] += sum[v];
    }
    __builtin_memcpy(products, total, sizeof total);
}

/// Replaces the rows × b panel (row-major, rows ≥ b) by V: unit lower trapezoidal, zeros above. A column that is
/// negligible below its diagonal gets τ = 0 and v = e_k.
template <int lanes, int b>
SPECSWEEP_ALWAYS_INLINE void factor_panel(double* panel, std::int64_t rows, PanelFactor<b>& factor)
{
    alignas(64) double products[b];
    alignas(64) double w[b] = {};
    std::fill_n(factor.r, b * b, 0.0);
    std::fill_n(factor.t, b * b, 0.0);
    first_products<lanes, b>(panel, rows, products);
    for (int k = 0; k < b; ++k) {
        double* const row = panel + k * b;
        const double alpha = row[k];
        double beta = alpha, tau = 0, scale = 0;
        if (products[k] > negligible_square) {
            beta = -std::copysign(std::sqrt(alpha * alpha + products[k]), alpha);
            tau = (beta - alpha) / beta;
            scale = 1 / (alpha - beta);
        }
        double dots[b];  // vᵀ of every other column: of V on the left, of P on the right
        for (int j = 0; j < b; ++j)
            dots[j] = row[j] + scale * products[j];
        for (int j = 0; j < k; ++j) {
            double sum = 0;
            for (int l = j; l < k; ++l)
                sum += factor.t[j * b + l] * dots[l];
            factor.t[j * b + k] = -tau * sum;
        }
        factor.t[k * b + k] = tau;
        factor.r[k * b + k] = beta;
        for (int j = 0; j < b; ++j) {
            w[j] = j > k ? tau * dots[j] : 0;
            if (j > k) {
                factor.r[k * b + j] = row[j] - w[j];
                row[j] = 0;
            }
        }
        row[k] = 1;
        sweep_panel_column<lanes, b>(panel, rows, k, scale, w, products);
    }
}

}  // namespace specsweep::spectrum
