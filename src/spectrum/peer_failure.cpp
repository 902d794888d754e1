#include "spectrum/peer_failure.hpp"

#include "mpi/collectives.hpp"
#include "mpi/patient.hpp"

namespace specsweep::spectrum {

void fail_together(const mpi::Communicator& group, const std::exception_ptr& mine)
{
    if (!mpi::any_rank(group, mine != nullptr))
        return;
    if (mine)
        std::rethrow_exception(mine);
    throw PeerFailure();
}

void run_together(const mpi::Communicator& group, const std::function<void()>& work)
{
    std::exception_ptr mine;
    try {
        work();
    } catch (...) {
        mine = std::current_exception();
    }
    fail_together(group, mine);
}

void run_on_root_patiently(const mpi::Communicator& group, const std::function<void()>& work)
{
    std::exception_ptr mine;
    if (group.is_root()) {
        try {
            work();
        } catch (...) {
            mine = std::current_exception();
        }
    }
    bool failed = mine != nullptr;
    mpi::broadcast_patiently(group, failed, 0);
    if (mine)
        std::rethrow_exception(mine);
    if (failed)
        throw PeerFailure();
}

}  // namespace specsweep::spectrum
