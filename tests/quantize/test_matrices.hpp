#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>

#include "quantize/registry.hpp"
#include "reference_vectors.hpp"

namespace specsweep::quantize {

inline TestMatrix random_matrix(std::int64_t rows, std::int64_t cols, unsigned seed = 1)
{
    std::mt19937 random(seed);
    std::normal_distribution<float> normal(0, 0.05F);
    TestMatrix matrix{rows, cols, std::vector<float>(static_cast<std::size_t>(rows * cols))};
    for (float& value : matrix.values)
        value = normal(random);
    return matrix;
}

inline TestMatrix mapped(const TestMatrix& matrix, float (*map)(float))
{
    TestMatrix result = matrix;
    for (float& value : result.values)
        value = map(value);
    return result;
}

inline TestMatrix transposed(const TestMatrix& matrix)
{
    TestMatrix result{matrix.cols, matrix.rows, std::vector<float>(matrix.values.size())};
    for (std::int64_t r = 0; r < matrix.rows; ++r)
        for (std::int64_t c = 0; c < matrix.cols; ++c)
            result.values[static_cast<std::size_t>(c * matrix.rows + r)] =
                matrix.values[static_cast<std::size_t>(r * matrix.cols + c)];
    return result;
}

/// σ₁ by power iteration: exact enough to be used as a statistic, the same in every call.
inline double spectral_norm(const TestMatrix& matrix)
{
    std::vector<double> x(static_cast<std::size_t>(matrix.cols), 1.0);
    double norm = 0;
    for (int step = 0; step < 60; ++step) {
        std::vector<double> next(x.size(), 0.0);
        for (std::int64_t r = 0; r < matrix.rows; ++r) {
            const float* row = matrix.values.data() + r * matrix.cols;
            double y = 0;
            for (std::size_t c = 0; c < x.size(); ++c)
                y += row[c] * x[c];
            for (std::size_t c = 0; c < x.size(); ++c)
                next[c] += row[c] * y;
        }
        double square = 0;
        for (const double value : next)
            square += value * value;
        if (square == 0)
            return 0;
        norm = std::sqrt(std::sqrt(square));
        for (std::size_t c = 0; c < x.size(); ++c)
            x[c] = next[c] / std::sqrt(square);
    }
    return norm;
}

/// All that the format asks for, as a run computes it.
inline TensorStatistics statistics_for(const Quantizer& quantizer, const TestMatrix& matrix)
{
    TestMatrix seen = matrix;
    if (quantizer.transform() != nullptr)
        quantizer.transform()->apply({matrix.values.data(), 0, matrix.rows, matrix.cols}, seen.values.data(), {});
    TensorStatistics statistics = statistics_of(seen.values, matrix.cols);
    if (quantizer.needs() == StatisticsNeed::sigma_1 || quantizer.needs() == StatisticsNeed::sigma_1_of_core)
        statistics.sigma_1 = spectral_norm(matrix);
    if (quantizer.needs() == StatisticsNeed::sigma_1_of_core) {
        quantizer.core()->apply({matrix.values.data(), 0, matrix.rows, matrix.cols}, seen.values.data(),
                                statistics_for(*quantizer.core(), matrix));
        statistics.sigma_1_of_core = spectral_norm(seen);
    }
    return statistics;
}

inline TestMatrix decoded(const std::string& text, const TestMatrix& matrix, std::int64_t panel_rows = 1 << 20)
{
    const auto quantizer = make_quantizer(text);
    const TensorStatistics statistics = statistics_for(*quantizer, matrix);
    TestMatrix result = matrix;
    const std::int64_t alignment = quantizer->row_alignment(matrix.cols);
    const std::int64_t step = (panel_rows + alignment - 1) / alignment * alignment;
    for (std::int64_t row = 0; row < matrix.rows; row += step) {
        const std::int64_t rows = std::min(step, matrix.rows - row);
        quantizer->apply({matrix.values.data() + row * matrix.cols, row, rows, matrix.cols},
                         result.values.data() + row * matrix.cols, statistics);
    }
    return result;
}

inline bool same_bits(const TestMatrix& a, const TestMatrix& b)
{
    return std::memcmp(a.values.data(), b.values.data(), a.values.size() * sizeof(float)) == 0;
}

}  // namespace specsweep::quantize
