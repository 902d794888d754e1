#pragma once

#include <cassert>
#include <cstdint>

namespace specsweep::linalg {

/// Columns of a column-major matrix in memory that somebody else owns: element (i, j) is data[i + j·ld].
template <class T>
struct BasicMatrixView {
    T* data = nullptr;
    std::int64_t rows = 0;
    std::int64_t cols = 0;
    std::int64_t ld = 0;  ///< ≥ rows

    T& operator()(std::int64_t i, std::int64_t j) const
    {
        assert(i >= 0 && i < rows && j >= 0 && j < cols);
        return data[i + j * ld];
    }
    T* column(std::int64_t j) const { return data + j * ld; }

    /// The block of the given size whose first element is (i, j).
    BasicMatrixView block(std::int64_t i, std::int64_t j, std::int64_t block_rows, std::int64_t block_cols) const
    {
        assert(i + block_rows <= rows && j + block_cols <= cols);
        return {data + i + j * ld, block_rows, block_cols, ld};
    }

    operator BasicMatrixView<const T>() const { return {data, rows, cols, ld}; }
};

using MatrixView = BasicMatrixView<double>;
using ConstMatrixView = BasicMatrixView<const double>;

/// A row-major matrix seen as its column-major transpose: rows and columns change their roles, nothing moves.
template <class T>
BasicMatrixView<T> transposed_row_major(T* data, std::int64_t rows, std::int64_t cols, std::int64_t ld)
{
    return {data, cols, rows, ld};
}

}  // namespace specsweep::linalg
