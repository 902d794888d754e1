#pragma once

#include <exception>
#include <functional>
#include <optional>
#include <type_traits>

#include "base/error.hpp"
#include "mpi/communicator.hpp"

namespace specsweep::spectrum {

/// Another rank of the group cannot go on; that one throws what really happened.
class PeerFailure : public Error {
public:
    PeerFailure() : Error(ExitCode::internal, "another rank of the group failed", {}, {}) {}
};

/// What the work threw, or null. A std::bad_alloc becomes OutOfMemory, so that one which arrives anywhere else is known
/// to be of one rank alone.
std::exception_ptr fault_of(const std::function<void()>& work);

/// Ends the unit on every rank of a group when it fails on one: a rank with a fault throws its own, with its type; the
/// others throw PeerFailure. Collective. @param mine null on a rank without a fault.
void fail_together(const mpi::Communicator& group, const std::exception_ptr& mine);

/// Runs work that holds no collective, then fail_together() with fault_of() it.
void run_together(const mpi::Communicator& group, const std::function<void()>& work);

/// The same for work with a result, such as memory that the system may refuse to one rank.
template <class Work>
std::invoke_result_t<Work&> obtain_together(const mpi::Communicator& group, Work work)
{
    std::optional<std::invoke_result_t<Work&>> result;
    run_together(group, [&] { result.emplace(work()); });
    return *result;
}

/// Work of rank 0 while the others wait asleep (mpi/patient.hpp); its fault ends the unit on all. Collective.
void run_on_root_patiently(const mpi::Communicator& group, const std::function<void()>& work);

}  // namespace specsweep::spectrum
