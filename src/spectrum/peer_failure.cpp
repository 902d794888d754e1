#include "spectrum/peer_failure.hpp"

#include <new>

#include "mpi/collectives.hpp"
#include "mpi/patient.hpp"
#include "spectrum/failure.hpp"

namespace specsweep::spectrum {

std::exception_ptr fault_of(const std::function<void()>& work)
{
    try {
        work();
    } catch (const std::bad_alloc&) {
        return std::make_exception_ptr(OutOfMemory("an allocation was refused"));
    } catch (...) {
        return std::current_exception();
    }
    return nullptr;
}

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
    fail_together(group, fault_of(work));
}

void run_on_root_patiently(const mpi::Communicator& group, const std::function<void()>& work)
{
    const std::exception_ptr mine = group.is_root() ? fault_of(work) : nullptr;
    bool failed = mine != nullptr;
    mpi::broadcast_patiently(group, failed, 0);
    if (mine)
        std::rethrow_exception(mine);
    if (failed)
        throw PeerFailure();
}

}  // namespace specsweep::spectrum
