#include "mpi/session.hpp"

#include <mpi.h>

#include <cstdio>
#include <cstdlib>

#include "mpi/error.hpp"
#include "mpi/singleton.hpp"

namespace specsweep::mpi {

Session::Session(int& argc, char**& argv)
{
    int started = 0;
    MPI_Initialized(&started);
    if (started != 0)
        throw InternalError("MPI was started twice", "a process has one mpi::Session");
    int provided = MPI_THREAD_SINGLE;
    {
        const SingletonSettings settings;
        check(MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided), "MPI_Init_thread");
    }
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_RETURN);
    if (provided < MPI_THREAD_FUNNELED) {
        MPI_Finalize();
        throw InternalError("this MPI library does not allow threads", "MPI_THREAD_FUNNELED is needed",
                            "use an MPI library that was built with thread support");
    }
}

Session::~Session()
{
    if (!is_running())
        return;
    int size = 1;
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    if (unwinding_.now() && size > 1)
        abort_all_ranks(ExitCode::internal,
                        "an error of this rank alone ends the whole job (the others cannot go on without it)");
    MPI_Finalize();
}

bool Session::is_running() noexcept
{
    int started = 0;
    int finished = 0;
    MPI_Initialized(&started);
    MPI_Finalized(&finished);
    return started != 0 && finished == 0;
}

void abort_all_ranks(ExitCode code, std::string_view message) noexcept
{
    const auto length = static_cast<int>(message.size());
    if (Session::is_running()) {
        int rank = 0;
        int size = 1;
        MPI_Comm_rank(MPI_COMM_WORLD, &rank);
        MPI_Comm_size(MPI_COMM_WORLD, &size);
        std::fprintf(stderr, "specsweep: rank %d of %d: %.*s\n", rank, size, length, message.data());
        std::fflush(stderr);
        MPI_Abort(MPI_COMM_WORLD, static_cast<int>(code));
    } else {
        std::fprintf(stderr, "specsweep: %.*s\n", length, message.data());
    }
    std::_Exit(static_cast<int>(code));
}

}  // namespace specsweep::mpi
