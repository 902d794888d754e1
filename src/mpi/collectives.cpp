#include "mpi/collectives.hpp"

#include <mpi.h>

#include <algorithm>

#include "base/error.hpp"
#include "mpi/error.hpp"

namespace specsweep::mpi {
namespace {

constexpr int text_tag = 1;

template <class T>
T all_reduce(const Communicator& comm, T mine, MPI_Datatype type, MPI_Op operation)
{
    T result{};
    check(MPI_Allreduce(&mine, &result, 1, type, operation, comm.handle()), "MPI_Allreduce");
    return result;
}

/// Calls `transfer(first byte, count as int)` for the pieces of a message.
template <class Transfer>
void in_pieces(std::size_t bytes, std::size_t piece, Transfer&& transfer)
{
    for (std::size_t first = 0; first < bytes; first += piece)
        transfer(first, checked_cast<int>(std::min(piece, bytes - first)));
}

void send_text(const Communicator& comm, const std::string& text, int destination)
{
    in_pieces(text.size(), piece_bytes, [&](std::size_t first, int count) {
        check(MPI_Send(text.data() + first, count, MPI_BYTE, destination, text_tag, comm.handle()), "MPI_Send");
    });
}

std::string receive_text(const Communicator& comm, std::int64_t length, int source)
{
    std::string text(checked_cast<std::size_t>(length), '\0');
    in_pieces(text.size(), piece_bytes, [&](std::size_t first, int count) {
        check(MPI_Recv(text.data() + first, count, MPI_BYTE, source, text_tag, comm.handle(), MPI_STATUS_IGNORE),
              "MPI_Recv");
    });
    return text;
}

}  // namespace

void barrier(const Communicator& comm)
{
    check(MPI_Barrier(comm.handle()), "MPI_Barrier");
}

void broadcast_bytes(const Communicator& comm, std::span<std::byte> bytes, int root, std::size_t piece)
{
    in_pieces(bytes.size(), piece, [&](std::size_t first, int count) {
        check(MPI_Bcast(bytes.data() + first, count, MPI_BYTE, root, comm.handle()), "MPI_Bcast");
    });
}

void broadcast(const Communicator& comm, std::string& text, int root)
{
    std::int64_t length = checked_cast<std::int64_t>(text.size());
    broadcast(comm, length, root);
    text.resize(checked_cast<std::size_t>(length));
    broadcast_bytes(comm, std::as_writable_bytes(std::span<char>(text.data(), text.size())), root);
}

std::int64_t all_max(const Communicator& comm, std::int64_t mine)
{
    return all_reduce(comm, mine, MPI_INT64_T, MPI_MAX);
}

double all_max(const Communicator& comm, double mine)
{
    return all_reduce(comm, mine, MPI_DOUBLE, MPI_MAX);
}

std::int64_t all_min(const Communicator& comm, std::int64_t mine)
{
    return all_reduce(comm, mine, MPI_INT64_T, MPI_MIN);
}

double all_min(const Communicator& comm, double mine)
{
    return all_reduce(comm, mine, MPI_DOUBLE, MPI_MIN);
}

std::int64_t all_sum(const Communicator& comm, std::int64_t mine)
{
    return all_reduce(comm, mine, MPI_INT64_T, MPI_SUM);
}

bool any_rank(const Communicator& comm, bool mine)
{
    return all_max(comm, std::int64_t{mine}) != 0;
}

bool every_rank(const Communicator& comm, bool mine)
{
    return all_min(comm, std::int64_t{mine}) != 0;
}

void all_gather_bytes(const Communicator& comm, std::span<const std::byte> mine, std::span<std::byte> all)
{
    if (all.size() != mine.size() * checked_cast<std::size_t>(comm.size()))
        throw InternalError("the receive buffer of an all-gather has the wrong size");
    const int count = checked_cast<int>(mine.size());
    check(MPI_Allgather(mine.data(), count, MPI_BYTE, all.data(), count, MPI_BYTE, comm.handle()), "MPI_Allgather");
}

std::vector<std::string> gather_strings(const Communicator& comm, const std::string& mine, int root)
{
    const std::vector<std::int64_t> lengths = all_gather(comm, checked_cast<std::int64_t>(mine.size()));
    if (comm.rank() != root) {
        send_text(comm, mine, root);
        return {};
    }
    std::vector<std::string> all(lengths.size());
    for (int rank = 0; rank < comm.size(); ++rank) {
        const auto at = static_cast<std::size_t>(rank);
        all[at] = rank == root ? mine : receive_text(comm, lengths[at], rank);
    }
    return all;
}

}  // namespace specsweep::mpi
