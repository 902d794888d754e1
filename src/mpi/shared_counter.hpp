#pragma once

#include <mpi.h>

#include <cstdint>
#include <optional>

#include "mpi/communicator.hpp"
#include "mpi/unwinding.hpp"

namespace specsweep::mpi {

/// One integer that all ranks of a node see and change atomically.
///
/// It lies in memory from MPI_Win_allocate_shared and is touched with processor atomics only: no rank has to enter MPI
/// for another one to go on. (One-sided MPI between nodes needs progress of the target in some paths of Open MPI 4.1
/// and may hang: open-mpi/ompi issues 6819, 3750, 2538.)
class SharedCounter {
public:
    /// Starts at 0. @param node ranks that share memory: Communicator::split_by_node. Collective, as is the destructor,
    /// which is skipped while an exception unwinds.
    explicit SharedCounter(const Communicator& node);
    ~SharedCounter();
    SharedCounter(const SharedCounter&) = delete;
    SharedCounter& operator=(const SharedCounter&) = delete;

    /// Adds and returns the value before. Not collective, never blocks.
    std::int64_t fetch_add(std::int64_t increment) noexcept;
    std::int64_t value() const noexcept;

private:
    MPI_Win window_ = MPI_WIN_NULL;
    std::int64_t* counter_ = nullptr;
    Unwinding unwinding_;
};

/// Hands out 0, 1, …, count − 1, each to exactly one rank of a node, in this order.
class WorkQueue {
public:
    /// Collective. @pre equal `count` ≥ 0 on all ranks of `node`.
    WorkQueue(const Communicator& node, std::int64_t count);

    /// The next item, or nullopt when none is left. Not collective, never blocks.
    std::optional<std::int64_t> next() noexcept;

    /// Items not handed out yet: a snapshot.
    std::int64_t remaining() const noexcept;

private:
    SharedCounter counter_;
    std::int64_t count_;
};

}  // namespace specsweep::mpi
