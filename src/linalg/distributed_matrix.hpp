#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "linalg/blacs_grid.hpp"
#include "linalg/block_cyclic.hpp"
#include "linalg/matrix_view.hpp"

namespace specsweep::linalg {

/// A matrix in square blocks of nb, dealt block-cyclically over a grid; this rank's part is a column-major view of
/// memory that somebody else owns.
class DistributedMatrix {
public:
    /// @param memory local_elements() doubles; not touched.
    /// @throws InternalError when a local part has 2³¹ elements or more: ScaLAPACK counts them in 32 bits.
    DistributedMatrix(const BlacsGrid& grid, std::int64_t rows, std::int64_t cols, std::int64_t nb,
                      std::span<double> memory);

    const BlacsGrid& grid() const { return *grid_; }
    const BlockCyclicAxis& rows() const { return rows_; }
    const BlockCyclicAxis& cols() const { return cols_; }
    MatrixView local() const { return local_; }
    /// The first rows of the same memory.
    DistributedMatrix top(std::int64_t rows) const;
    /// ScaLAPACK's array descriptor.
    std::array<int, 9> descriptor() const;

    static std::int64_t local_elements(const BlacsGrid& grid, std::int64_t rows, std::int64_t cols, std::int64_t nb);
    /// The same for the largest part of any rank.
    static std::int64_t most_local_elements(GridShape, std::int64_t rows, std::int64_t cols, std::int64_t nb);

private:
    const BlacsGrid* grid_;
    BlockCyclicAxis rows_, cols_;
    MatrixView local_;
};

/// Puts a vector together that lies along the columns (d of pdsytrd) or the rows of a distributed matrix: `mine` are
/// the entries of this rank's columns or rows, equal in every process row or column. On every rank. Collective.
std::vector<double> gather_along_columns(const DistributedMatrix&, std::span<const double> mine, std::int64_t count);
std::vector<double> gather_along_rows(const DistributedMatrix&, std::span<const double> mine, std::int64_t count);

}  // namespace specsweep::linalg
