#include "mpi/collectives.hpp"

#include <mpi.h>

#include <algorithm>

#include "base/error.hpp"
#include "mpi/error.hpp"

namespace specsweep::mpi {
namespace {

constexpr int text_tag = 1, sum_tag = 2;

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

/// Two ranks: each gets all of the other's in one message.
void add_pair_in_order(const Communicator& comm, std::span<double> values, std::span<double> scratch)
{
    const auto count = checked_cast<int>(values.size());
    if (scratch.size() < values.size())
        throw InternalError("no room for a sum over ranks");
    const int other = 1 - comm.rank();
    check(MPI_Sendrecv(values.data(), count, MPI_DOUBLE, other, sum_tag, scratch.data(), count, MPI_DOUBLE, other,
                       sum_tag, comm.handle(), MPI_STATUS_IGNORE),
          "MPI_Sendrecv");
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] += scratch[i];  // of two, a sum is the same either way round
}

/// Each rank adds its share of the places and sends the sums to all.
void add_shares_in_order(const Communicator& comm, std::span<double> values, std::span<double> scratch)
{
    const auto ranks = static_cast<std::size_t>(comm.size());
    const std::size_t share = (values.size() + ranks - 1) / ranks;
    if (scratch.size() < share * ranks)
        throw InternalError("no room for a sum over ranks");
    std::vector<int> counts(ranks), places(ranks), parts(ranks);
    for (std::size_t r = 0; r < ranks; ++r) {
        const std::size_t first = std::min(r * share, values.size());
        places[r] = checked_cast<int>(first);
        counts[r] = checked_cast<int>(std::min(share, values.size() - first));
    }
    const auto rank = static_cast<std::size_t>(comm.rank());
    const auto mine = static_cast<std::size_t>(counts[rank]);
    const std::vector<int> received(ranks, counts[rank]);
    for (std::size_t r = 0; r < ranks; ++r)
        parts[r] = checked_cast<int>(r * mine);
    check(MPI_Alltoallv(values.data(), counts.data(), places.data(), MPI_DOUBLE, scratch.data(), received.data(),
                        parts.data(), MPI_DOUBLE, comm.handle()),
          "MPI_Alltoallv");
    double* const sum = values.data() + places[rank];
    std::copy_n(scratch.data(), mine, sum);
    for (std::size_t r = 1; r < ranks; ++r)
        for (std::size_t i = 0; i < mine; ++i)
            sum[i] += scratch[r * mine + i];
    check(MPI_Allgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, values.data(), counts.data(), places.data(), MPI_DOUBLE,
                         comm.handle()),
          "MPI_Allgatherv");
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

void add_in_rank_order(const Communicator& comm, std::span<double> values, std::span<double> scratch)
{
    const auto ranks = static_cast<std::size_t>(comm.size());
    if (ranks == 2)
        add_pair_in_order(comm, values, scratch);
    else if (ranks > 2)
        add_shares_in_order(comm, values, scratch);
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
