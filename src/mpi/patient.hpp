#pragma once

#include <span>

#include "mpi/collectives.hpp"

namespace specsweep::mpi {

/// broadcast() for ranks that may wait long: MPI's own would keep a core busy. Waiting ranks ask once a millisecond
/// whether the message has come and sleep in between. Collective. @pre at most 2 GiB − 1.
void broadcast_bytes_patiently(const Communicator& comm, std::span<std::byte> bytes, int root);

template <Sendable T>
void broadcast_patiently(const Communicator& comm, T& value, int root)
{
    broadcast_bytes_patiently(comm, std::as_writable_bytes(std::span<T, 1>(&value, 1)), root);
}

}  // namespace specsweep::mpi
