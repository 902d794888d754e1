#pragma once

#include <mpi.h>

#include <optional>

#include "mpi/unwinding.hpp"

namespace specsweep::mpi {

/// A group of ranks that can talk among themselves. Move-only; declare it after the Session.
///
/// Frees its handle on destruction, which is collective, and therefore skips it while an exception unwinds.
class Communicator {
public:
    /// All ranks of the job, and this rank alone. Not collective; the handle is MPI's own and never freed.
    static Communicator world();
    static Communicator self();

    ~Communicator();
    Communicator(Communicator&& other) noexcept;
    Communicator& operator=(Communicator&& other) noexcept;
    Communicator(const Communicator&) = delete;
    Communicator& operator=(const Communicator&) = delete;

    int rank() const noexcept { return rank_; }
    int size() const noexcept { return size_; }
    bool is_root() const noexcept { return rank_ == 0; }
    MPI_Comm handle() const noexcept { return handle_; }

    /// Ranks with equal colour (≥ 0) together, ordered by key, then by rank here. Collective.
    Communicator split(int color, int key) const;

    /// The same where some ranks belong to no group: nullopt for those that give no colour. Collective.
    std::optional<Communicator> split_some(std::optional<int> color, int key) const;

    /// The ranks that share memory with this one (its node), ordered by rank here. Collective.
    Communicator split_by_node() const;

    /// The same ranks, but messages never mix with those of the original. Collective.
    Communicator duplicate() const;

private:
    enum class Ownership { borrowed, owned };
    Communicator(MPI_Comm handle, Ownership ownership);
    void release() noexcept;

    MPI_Comm handle_ = MPI_COMM_NULL;
    Ownership ownership_ = Ownership::borrowed;
    int rank_ = 0;
    int size_ = 1;
    Unwinding unwinding_;
};

}  // namespace specsweep::mpi
