#pragma once

#include "linalg/block_cyclic.hpp"
#include "mpi/communicator.hpp"
#include "mpi/unwinding.hpp"

namespace specsweep::linalg {

/// A BLACS process grid over all ranks of a communicator: rank r sits at (r / cols, r mod cols).
///
/// Making and releasing one is collective (BLACS creates communicators): made once, kept for all matrices of a group.
/// Like every collective release it is skipped while an exception unwinds. The communicator must outlive it.
class BlacsGrid {
public:
    /// @throws InternalError when rows · cols is not the size of the communicator. Collective.
    BlacsGrid(const mpi::Communicator& comm, GridShape shape);
    ~BlacsGrid();
    BlacsGrid(const BlacsGrid&) = delete;
    BlacsGrid& operator=(const BlacsGrid&) = delete;

    const mpi::Communicator& comm() const { return comm_; }
    GridShape shape() const { return shape_; }
    int row() const { return row_; }
    int col() const { return col_; }
    int context() const { return context_; }

private:
    const mpi::Communicator& comm_;
    GridShape shape_;
    int handle_ = 0;
    int context_ = -1;
    int row_ = 0, col_ = 0;
    mpi::Unwinding unwinding_;
};

}  // namespace specsweep::linalg
