#pragma once

#include <algorithm>
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

inline TestMatrix decoded(const std::string& text, const TestMatrix& matrix, std::int64_t panel_rows = 1 << 20)
{
    const auto quantizer = make_quantizer(text);
    const TensorStatistics statistics = statistics_of(matrix.values, matrix.cols);
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
