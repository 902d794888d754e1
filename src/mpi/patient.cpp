#include "mpi/patient.hpp"

#include <mpi.h>

#include <chrono>
#include <thread>

#include "mpi/error.hpp"

namespace specsweep::mpi {

void broadcast_bytes_patiently(const Communicator& comm, std::span<std::byte> bytes, int root)
{
    MPI_Request request = MPI_REQUEST_NULL;
    check(MPI_Ibcast(bytes.data(), checked_cast<int>(bytes.size()), MPI_BYTE, root, comm.handle(), &request),
          "MPI_Ibcast");
    for (int arrived = 0;;) {
        check(MPI_Test(&request, &arrived, MPI_STATUS_IGNORE), "MPI_Test");
        if (arrived != 0)
            return;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

}  // namespace specsweep::mpi
