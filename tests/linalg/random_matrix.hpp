#pragma once

#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include "linalg/matrix_view.hpp"

namespace specsweep::linalg {

/// A column-major matrix that owns its memory, for tests; `padding` rows between the columns hold NaN: nothing may read
/// them.
class OwnedMatrix {
public:
    OwnedMatrix(std::int64_t rows, std::int64_t cols, std::int64_t padding = 0)
        : rows_(rows),
          cols_(cols),
          ld_(rows + padding),
          values_(static_cast<std::size_t>(ld_ * cols), std::numeric_limits<double>::quiet_NaN())
    {
        for (std::int64_t j = 0; j < cols; ++j)
            for (std::int64_t i = 0; i < rows; ++i)
                view()(i, j) = 0;
    }
    MatrixView view() { return {values_.data(), rows_, cols_, ld_}; }

private:
    std::int64_t rows_, cols_, ld_;
    std::vector<double> values_;
};

inline OwnedMatrix gaussian(std::int64_t rows, std::int64_t cols, unsigned seed, std::int64_t padding = 0)
{
    std::mt19937_64 generator(seed);
    std::normal_distribution<double> normal;
    OwnedMatrix matrix(rows, cols, padding);
    for (std::int64_t j = 0; j < cols; ++j)
        for (std::int64_t i = 0; i < rows; ++i)
            matrix.view()(i, j) = normal(generator);
    return matrix;
}

/// AᵀA by the definition, in long double.
inline OwnedMatrix gram_by_definition(ConstMatrixView a)
{
    OwnedMatrix gram(a.cols, a.cols);
    for (std::int64_t i = 0; i < a.cols; ++i)
        for (std::int64_t j = 0; j < a.cols; ++j) {
            long double sum = 0;
            for (std::int64_t t = 0; t < a.rows; ++t)
                sum += static_cast<long double>(a(t, i)) * a(t, j);
            gram.view()(i, j) = static_cast<double>(sum);
        }
    return gram;
}

}  // namespace specsweep::linalg
