#include "mpi/agreement.hpp"

#include <cstdint>
#include <new>
#include <string>

#include "base/error.hpp"
#include "mpi/collectives.hpp"

namespace specsweep::mpi {
namespace {

struct Fault {
    ExitCode code = ExitCode::internal;
    std::string problem;
    std::string why;
    std::string suggestion;
};

Fault describe(const std::exception_ptr& exception)
{
    try {
        std::rethrow_exception(exception);
    } catch (const Error& error) {
        return {error.code(), error.problem(), error.why(), error.suggestion()};
    } catch (const std::bad_alloc&) {
        return {ExitCode::internal, "out of memory", {}, "give each rank more memory or use fewer ranks a node"};
    } catch (const std::exception& error) {
        return {ExitCode::internal, error.what(), {}, {}};
    } catch (...) {
        return {ExitCode::internal, "unknown exception", {}, {}};
    }
}

[[noreturn]] void raise(Fault fault)
{
    switch (fault.code) {
        case ExitCode::usage:
            throw UsageError(std::move(fault.problem), std::move(fault.why), std::move(fault.suggestion));
        case ExitCode::bad_input:
            throw InputError(std::move(fault.problem), std::move(fault.why), std::move(fault.suggestion));
        case ExitCode::io:
            throw IoError(std::move(fault.problem), std::move(fault.why), std::move(fault.suggestion));
        case ExitCode::internal:
            throw InternalError(std::move(fault.problem), std::move(fault.why), std::move(fault.suggestion));
        default:
            throw Error(fault.code, std::move(fault.problem), std::move(fault.why), std::move(fault.suggestion));
    }
}

/// The fault of `speaker` on every rank.
Fault share(const Communicator& comm, const std::exception_ptr& mine, int speaker)
{
    Fault fault;
    if (comm.rank() == speaker)
        fault = describe(mine);
    broadcast(comm, fault.code, speaker);
    broadcast(comm, fault.problem, speaker);
    broadcast(comm, fault.why, speaker);
    broadcast(comm, fault.suggestion, speaker);
    return fault;
}

}  // namespace

void agree(const Communicator& comm, const std::exception_ptr& mine)
{
    if (comm.size() == 1) {
        if (mine)
            std::rethrow_exception(mine);
        return;
    }
    const std::int64_t nobody = comm.size();
    const std::int64_t first = all_min(comm, mine ? comm.rank() : nobody);
    if (first == nobody)
        return;
    const std::int64_t faulty = all_sum(comm, mine ? 1 : 0);
    const int speaker = checked_cast<int>(first);
    Fault fault = share(comm, mine, speaker);
    if (faulty < comm.size())
        fault.problem += " on rank " + std::to_string(speaker) + " of " + std::to_string(comm.size());
    raise(std::move(fault));
}

void agree_with_root(const Communicator& comm, const std::exception_ptr& mine)
{
    if (comm.size() == 1 && mine)
        std::rethrow_exception(mine);
    int failed = mine ? 1 : 0;
    broadcast(comm, failed, 0);
    if (failed != 0)
        raise(share(comm, mine, 0));
}

}  // namespace specsweep::mpi
