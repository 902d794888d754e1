#pragma once

#include <string_view>

#include "base/error.hpp"
#include "mpi/unwinding.hpp"

namespace specsweep::mpi {

/// MPI from construction to destruction; the first object of main, one a process. Without a launcher it is one rank.
///
/// Asks for MPI_THREAD_FUNNELED, and makes errors of MPI calls return codes (see mpi/error.hpp) on the predefined
/// communicators and on all that are made from them.
///
/// The destructor finalizes. If an exception is passing through it and there are other ranks, those may wait in a
/// collective for ever: it ends the job with MPI_Abort and one message. Catch what all ranks agreed on
/// (mpi/agreement.hpp) inside the Session's life.
class Session {
public:
    /// Collective. @throws InternalError when MPI is too old for threads or was started before.
    Session(int& argc, char**& argv);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// Between MPI_Init and MPI_Finalize: MPI handles may be released.
    static bool is_running() noexcept;

private:
    Unwinding unwinding_;
};

/// Ends every rank of the job: for a fault of one rank that cannot be agreed. Writes "rank 3 of 8: MESSAGE" to stderr
/// first.
[[noreturn]] void abort_all_ranks(ExitCode code, std::string_view message) noexcept;

}  // namespace specsweep::mpi
