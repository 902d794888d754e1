#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "base/integer.hpp"
#include "mpi/communicator.hpp"

namespace specsweep::mpi {

// Every function here is collective: all ranks of `comm` call it, in the same order.

/// What may travel as raw bytes between ranks of the same program; pointers inside would be meaningless elsewhere.
template <class T>
concept Sendable = std::is_trivially_copyable_v<T> && !std::is_pointer_v<T>;

void barrier(const Communicator& comm);

/// MPI counts in int: longer messages go in pieces.
inline constexpr std::size_t piece_bytes = std::size_t{1} << 30;

/// Bytes of `root` to all. @pre equal size and `piece` (at most 2 GiB - 1) on every rank.
void broadcast_bytes(const Communicator& comm, std::span<std::byte> bytes, int root, std::size_t piece = piece_bytes);

/// Text of `root` to all, any length.
void broadcast(const Communicator& comm, std::string& text, int root);

template <Sendable T>
void broadcast(const Communicator& comm, T& value, int root)
{
    broadcast_bytes(comm, std::as_writable_bytes(std::span<T, 1>(&value, 1)), root);
}

/// Length and elements of `root` to all.
template <Sendable T>
void broadcast(const Communicator& comm, std::vector<T>& values, int root)
{
    std::int64_t count = checked_cast<std::int64_t>(values.size());
    broadcast(comm, count, root);
    values.resize(checked_cast<std::size_t>(count));
    broadcast_bytes(comm, std::as_writable_bytes(std::span<T>(values)), root);
}

std::int64_t all_max(const Communicator& comm, std::int64_t mine);
double all_max(const Communicator& comm, double mine);
std::int64_t all_min(const Communicator& comm, std::int64_t mine);
double all_min(const Communicator& comm, double mine);

/// Counts only. Floating sums depend on the order MPI chooses: add_in_rank_order() instead.
std::int64_t all_sum(const Communicator& comm, std::int64_t mine);

/// values[i] of all ranks summed in rank order, on every rank: each rank adds its share of the places, about twice
/// `values` received. @param scratch at least values.size() + comm.size(). @pre equal sizes, below 2³¹ elements.
void add_in_rank_order(const Communicator& comm, std::span<double> values, std::span<double> scratch);

bool any_rank(const Communicator& comm, bool mine);
bool every_rank(const Communicator& comm, bool mine);

/// `bytes` of every rank, in rank order, on every rank. @pre equal size everywhere, at most 2 GiB in all.
void all_gather_bytes(const Communicator& comm, std::span<const std::byte> mine, std::span<std::byte> all);

/// One value of each rank, in rank order, on every rank.
template <Sendable T>
std::vector<T> all_gather(const Communicator& comm, const T& mine)
{
    std::vector<T> all(checked_cast<std::size_t>(comm.size()));
    all_gather_bytes(comm, std::as_bytes(std::span<const T, 1>(&mine, 1)), std::as_writable_bytes(std::span<T>(all)));
    return all;
}

/// One text of each rank, in rank order, at `root`; empty elsewhere. Any length.
std::vector<std::string> gather_strings(const Communicator& comm, const std::string& mine, int root);

}  // namespace specsweep::mpi
