#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "dense_source.hpp"

namespace specsweep::spectrum {

/// All singular values, descending, by one-sided Jacobi in 80-bit arithmetic (unit roundoff 5e-20): exact for our
/// purposes.
inline std::vector<long double> singular_values_in_long_double(const DenseMatrix& given)
{
    const DenseMatrix tall = given.rows >= given.cols ? given : given.transposed();
    const auto m = static_cast<std::size_t>(tall.rows), n = static_cast<std::size_t>(tall.cols);
    std::vector<std::vector<long double>> columns(n, std::vector<long double>(m));
    for (std::size_t j = 0; j < n; ++j)
        for (std::size_t i = 0; i < m; ++i)
            columns[j][i] = tall(static_cast<std::int64_t>(i), static_cast<std::int64_t>(j));
    const auto dot = [&](std::size_t p, std::size_t q) {
        long double sum = 0;
        for (std::size_t i = 0; i < m; ++i)
            sum += columns[p][i] * columns[q][i];
        return sum;
    };
    bool rotated = true;
    for (int sweep = 0; rotated && sweep < 60; ++sweep) {
        rotated = false;
        for (std::size_t p = 0; p + 1 < n; ++p)
            for (std::size_t q = p + 1; q < n; ++q) {
                const long double a = dot(p, p), b = dot(q, q), c = dot(p, q);
                if (std::fabs(c) <= 1e-18L * std::sqrt(a) * std::sqrt(b))
                    continue;
                rotated = true;
                const long double zeta = (b - a) / (2 * c);
                const long double t = (zeta >= 0 ? 1 : -1) / (std::fabs(zeta) + std::sqrt(1 + zeta * zeta));
                const long double cosine = 1 / std::sqrt(1 + t * t), sine = cosine * t;
                for (std::size_t i = 0; i < m; ++i) {
                    const long double x = columns[p][i], y = columns[q][i];
                    columns[p][i] = cosine * x - sine * y;
                    columns[q][i] = sine * x + cosine * y;
                }
            }
    }
    std::vector<long double> sigma(n);
    for (std::size_t j = 0; j < n; ++j)
        sigma[j] = std::sqrt(dot(j, j));
    std::sort(sigma.begin(), sigma.end(), std::greater<>());
    return sigma;
}

/// Sturm count in 80-bit arithmetic, by the division form: another formula than the one under test.
inline std::int64_t count_below_in_long_double(const std::vector<double>& diagonal,
                                               const std::vector<double>& subdiagonal, long double x)
{
    std::int64_t count = 0;
    long double pivot = 1;
    for (std::size_t i = 0; i < diagonal.size(); ++i) {
        const long double b = i > 0 ? static_cast<long double>(subdiagonal[i - 1]) : 0;
        if (pivot == 0)
            pivot = 1e-4000L;
        pivot = (diagonal[i] - x) - b * b / pivot;
        count += pivot < 0 ? 1 : 0;
    }
    return count;
}

/// All eigenvalues of a tridiagonal matrix, ascending, by bisection on that count.
inline std::vector<long double> eigenvalues_in_long_double(const std::vector<double>& diagonal,
                                                           const std::vector<double>& subdiagonal)
{
    long double range = 0;
    for (std::size_t i = 0; i < diagonal.size(); ++i)
        range = std::max<long double>(range, std::fabs(diagonal[i]) + (i > 0 ? std::fabs(subdiagonal[i - 1]) : 0) +
                                                 (i + 1 < diagonal.size() ? std::fabs(subdiagonal[i]) : 0));
    std::vector<long double> result;
    for (std::size_t k = 0; k < diagonal.size(); ++k) {
        long double low = -range, high = range;
        for (int step = 0; step < 68; ++step) {
            const long double middle = (low + high) / 2;
            (count_below_in_long_double(diagonal, subdiagonal, middle) > static_cast<std::int64_t>(k) ? high : low) =
                middle;
        }
        result.push_back((low + high) / 2);
    }
    return result;
}

}  // namespace specsweep::spectrum
