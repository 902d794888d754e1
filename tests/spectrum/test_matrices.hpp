#pragma once

#include <cmath>
#include <functional>
#include <random>
#include <string>

#include "dense_source.hpp"

namespace specsweep::spectrum {

/// Entry (i, j) as a function of the global index; rounded to fp32, so that a source serves exactly these values.
inline DenseMatrix matrix_of(std::int64_t rows, std::int64_t cols,
                             const std::function<double(std::int64_t, std::int64_t)>& f)
{
    DenseMatrix matrix{rows, cols, std::vector<double>(static_cast<std::size_t>(rows * cols))};
    for (std::int64_t i = 0; i < rows; ++i)
        for (std::int64_t j = 0; j < cols; ++j)
            matrix(i, j) = static_cast<float>(f(i, j));
    return matrix;
}

inline DenseMatrix gaussian(std::int64_t rows, std::int64_t cols, unsigned seed = 1)
{
    std::mt19937_64 generator(seed);
    std::normal_distribution<double> normal;
    return matrix_of(rows, cols, [&](auto, auto) { return normal(generator); });
}

/// A family of matrices of any shape, each hard in its own way.
struct MatrixFamily {
    std::string name;
    std::function<DenseMatrix(std::int64_t, std::int64_t)> make;
};

inline DenseMatrix reshaped(DenseMatrix matrix, const std::function<double(double, std::int64_t, std::int64_t)>& f)
{
    for (std::int64_t i = 0; i < matrix.rows; ++i)
        for (std::int64_t j = 0; j < matrix.cols; ++j)
            matrix(i, j) = static_cast<float>(f(matrix(i, j), i, j));
    return matrix;
}

/// Gaussian times a diagonal on both sides: κ grows with both exponents.
inline DenseMatrix graded(std::int64_t m, std::int64_t n, double row_decades, double col_decades)
{
    return reshaped(gaussian(m, n, 3), [=](double w, std::int64_t i, std::int64_t j) {
        return w * std::pow(10, -row_decades * static_cast<double>(i) / static_cast<double>(m)) *
               std::pow(10, -col_decades * static_cast<double>(j) / static_cast<double>(n));
    });
}

inline DenseMatrix low_rank(std::int64_t m, std::int64_t n, std::int64_t rank)
{
    const DenseMatrix u = gaussian(m, rank, 5), v = gaussian(rank, n, 6);
    // Few bits in each factor, so that the product is exact in fp32 and the rank is really `rank`.
    const auto coarse = [](double x) { return std::round(x * 8) / 8; };
    return matrix_of(m, n, [&](std::int64_t i, std::int64_t j) {
        double sum = 0;
        for (std::int64_t r = 0; r < rank; ++r)
            sum += coarse(u(i, r)) * coarse(v(r, j));
        return sum;
    });
}

inline std::vector<MatrixFamily> all_families()
{
    using I = std::int64_t;
    return {
        {"gaussian", [](I m, I n) { return gaussian(m, n, 2); }},
        {"uniform with a mean",
         [](I m, I n) { return reshaped(gaussian(m, n, 9), [](double w, I, I) { return w + 2; }); }},
        {"constant", [](I m, I n) { return matrix_of(m, n, [](I, I) { return 0.1; }); }},
        {"zero", [](I m, I n) { return matrix_of(m, n, [](I, I) { return 0; }); }},
        {"one entry",
         [](I m, I n) { return matrix_of(m, n, [=](I i, I j) { return i == m / 2 && j == n / 2 ? -3.3 : 0; }); }},
        {"rank 3", [](I m, I n) { return low_rank(m, n, std::min<I>(3, std::min(m, n))); }},
        {"outlier column",
         [](I m, I n) {
             return reshaped(gaussian(m, n, 4), [=](double w, I, I j) { return j == n / 3 ? 1000 * w : w; });
         }},
        {"outlier row",
         [](I m, I n) {
             return reshaped(gaussian(m, n, 4), [=](double w, I i, I) { return i == m / 3 ? 1000 * w : w; });
         }},
        {"graded columns 1e-8", [](I m, I n) { return graded(m, n, 0, 8); }},
        {"graded rows and columns", [](I m, I n) { return graded(m, n, 3, 3); }},
        {"equal columns",
         [](I m, I n) { return reshaped(gaussian(m, n, 7), [](double w, I, I j) { return j % 2 ? w : 0.3; }); }},
        {"checkerboard of signs",
         [](I m, I n) { return reshaped(gaussian(m, n, 8), [](double w, I, I) { return w < 0 ? -0.7 : 0.7; }); }},
        {"int4 levels",
         [](I m, I n) {
             return reshaped(gaussian(m, n, 10), [](double w, I, I) {
                 return static_cast<double>(static_cast<float>(0.0137)) * std::clamp(std::round(w * 2.5), -7.0, 7.0);
             });
         }},
        {"zero columns",
         [](I m, I n) { return reshaped(gaussian(m, n, 11), [](double w, I, I j) { return j % 3 ? w : 0; }); }},
        {"periodic",
         [](I m, I n) {
             return matrix_of(m, n, [](I i, I j) {
                 return std::sin(0.37 * static_cast<double>(i % 5) + 1.1 * static_cast<double>(j % 7));
             });
         }},
        {"power law",
         [](I m, I n) {
             return reshaped(gaussian(m, n, 12),
                             [](double w, I i, I) { return w / std::sqrt(static_cast<double>(i + 1)); });
         }},
    };
}

}  // namespace specsweep::spectrum
