#pragma once

#include <exception>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

#include "mpi/communicator.hpp"

namespace specsweep::mpi {

/// Makes a fault of some ranks the fault of all, so that none waits in a collective for one that has left.
///
/// Collective. `mine` is null on a rank without a fault. If any rank has one, every rank throws the fault of the lowest
/// such rank: same ExitCode and text, type by code (UsageError, InputError, IoError, InternalError, else Error), with
/// "on rank 2 of 4" in the text where not all ranks had a fault. An exception that is no Error counts as InternalError.
void agree(const Communicator& comm, const std::exception_ptr& mine);

/// The same for work that only rank 0 does: its fault becomes that of all, with its own text. Collective.
void agree_with_root(const Communicator& comm, const std::exception_ptr& mine);

/// Runs `work` on every rank, then agrees. `work` must not contain collectives that a throwing rank would miss.
template <class Work>
std::invoke_result_t<Work&> run_agreed(const Communicator& comm, Work&& work)
{
    using Result = std::invoke_result_t<Work&>;
    static_assert(!std::is_reference_v<Result>, "return a value or nothing");
    std::exception_ptr mine;
    if constexpr (std::is_void_v<Result>) {
        try {
            std::invoke(work);
        } catch (...) {
            mine = std::current_exception();
        }
        agree(comm, mine);
    } else {
        std::optional<Result> result;
        try {
            result.emplace(std::invoke(work));
        } catch (...) {
            mine = std::current_exception();
        }
        agree(comm, mine);
        return std::move(*result);
    }
}

/// Runs `work` on rank 0 only; if it throws there, every rank throws. Collective.
template <class Work>
void run_on_root(const Communicator& comm, Work&& work)
{
    std::exception_ptr mine;
    try {
        if (comm.is_root())
            std::invoke(work);
    } catch (...) {
        mine = std::current_exception();
    }
    agree_with_root(comm, mine);
}

}  // namespace specsweep::mpi
