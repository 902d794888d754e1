#include "linalg/distributed_matrix.hpp"

#include <algorithm>
#include <limits>

#include "base/error.hpp"
#include "base/integer.hpp"
#include "linalg/leading_dimension.hpp"
#include "mpi/collectives.hpp"

namespace specsweep::linalg {
namespace {

std::int64_t elements(std::int64_t local_rows, std::int64_t local_cols)
{
    const std::int64_t ld = padded_leading_dimension(std::max<std::int64_t>(1, local_rows));
    return checked_multiply(ld, std::max<std::int64_t>(1, local_cols));
}

/// `rank_of(part)`: a rank that holds the entries of that part.
template <class RankOf>
std::vector<double> gather(const mpi::Communicator& comm, const BlockCyclicAxis& axis, std::span<const double> mine,
                           std::int64_t count, const RankOf& rank_of)
{
    const std::int64_t widest = std::max<std::int64_t>(1, axis.extent(0));
    std::vector<double> padded(static_cast<std::size_t>(widest));
    std::copy_n(mine.begin(), std::min<std::int64_t>(std::ssize(mine), widest), padded.begin());
    std::vector<double> all(padded.size() * static_cast<std::size_t>(comm.size()));
    mpi::all_gather_bytes(comm, std::as_bytes(std::span<const double>(padded)),
                          std::as_writable_bytes(std::span<double>(all)));
    std::vector<double> result(static_cast<std::size_t>(count));
    for (std::int64_t i = 0; i < count; ++i)
        result[static_cast<std::size_t>(i)] =
            all[static_cast<std::size_t>(rank_of(axis.owner(i)) * widest + axis.local(i))];
    return result;
}

}  // namespace

DistributedMatrix::DistributedMatrix(const BlacsGrid& grid, std::int64_t rows, std::int64_t cols, std::int64_t nb,
                                     std::span<double> memory)
    : grid_(&grid), rows_(rows, nb, grid.shape().rows), cols_(cols, nb, grid.shape().cols)
{
    const std::int64_t local_rows = rows_.extent(grid.row()), local_cols = cols_.extent(grid.col());
    const std::int64_t needed = elements(local_rows, local_cols);
    if (needed > std::numeric_limits<std::int32_t>::max() || needed > std::ssize(memory))
        throw InternalError("a local part of a distributed matrix is too large");
    local_ = {memory.data(), local_rows, local_cols, padded_leading_dimension(std::max<std::int64_t>(1, local_rows))};
}

DistributedMatrix DistributedMatrix::top(std::int64_t rows) const
{
    DistributedMatrix result = *this;
    result.rows_ = BlockCyclicAxis(rows, rows_.block(), rows_.parts());
    result.local_.rows = result.rows_.extent(grid_->row());
    return result;
}

std::array<int, 9> DistributedMatrix::descriptor() const
{
    const int nb = checked_cast<int>(rows_.block());
    return {1,
            grid_->context(),
            checked_cast<int>(rows_.size()),
            checked_cast<int>(cols_.size()),
            nb,
            nb,
            0,
            0,
            checked_cast<int>(local_.ld)};
}

std::int64_t DistributedMatrix::local_elements(const BlacsGrid& grid, std::int64_t rows, std::int64_t cols,
                                               std::int64_t nb)
{
    return elements(BlockCyclicAxis(rows, nb, grid.shape().rows).extent(grid.row()),
                    BlockCyclicAxis(cols, nb, grid.shape().cols).extent(grid.col()));
}

std::int64_t DistributedMatrix::most_local_elements(GridShape shape, std::int64_t rows, std::int64_t cols,
                                                    std::int64_t nb)
{
    return elements(BlockCyclicAxis(rows, nb, shape.rows).extent(0), BlockCyclicAxis(cols, nb, shape.cols).extent(0));
}

std::vector<double> gather_along_columns(const DistributedMatrix& matrix, std::span<const double> mine,
                                         std::int64_t count)
{
    return gather(matrix.grid().comm(), matrix.cols(), mine, count, [](std::int64_t col) { return col; });
}

std::vector<double> gather_along_rows(const DistributedMatrix& matrix, std::span<const double> mine, std::int64_t count)
{
    const std::int64_t cols = matrix.grid().shape().cols;
    return gather(matrix.grid().comm(), matrix.rows(), mine, count, [cols](std::int64_t row) { return row * cols; });
}

}  // namespace specsweep::linalg
