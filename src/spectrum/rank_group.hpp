#pragma once

#include <memory>

#include "linalg/blacs_grid.hpp"
#include "mpi/communicator.hpp"

namespace specsweep::spectrum {

/// Ranks that compute one spectrum together; made once for all matrices of the group. Collective both ways.
struct RankGroup {
    explicit RankGroup(mpi::Communicator communicator, linalg::GridShape shape)
        : comm(std::move(communicator)), grid(comm, shape)
    {
    }
    explicit RankGroup(mpi::Communicator communicator)
        : comm(std::move(communicator)), grid(comm, linalg::nearest_square(comm.size()))
    {
    }

    mpi::Communicator comm;
    linalg::BlacsGrid grid;
};

}  // namespace specsweep::spectrum
