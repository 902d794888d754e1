#include "mpi/shared_counter.hpp"

#include <algorithm>
#include <atomic>

#include "base/error.hpp"
#include "mpi/collectives.hpp"
#include "mpi/error.hpp"
#include "mpi/session.hpp"

namespace specsweep::mpi {
namespace {

using AtomicCounter = std::atomic_ref<std::int64_t>;
// A lock would live in each process and protect nothing.
static_assert(AtomicCounter::is_always_lock_free);

constexpr MPI_Aint cache_line_bytes = 64;

}  // namespace

SharedCounter::SharedCounter(const Communicator& node)
{
    void* mine = nullptr;
    check(MPI_Win_allocate_shared(node.is_root() ? cache_line_bytes : 0, 1, MPI_INFO_NULL, node.handle(), &mine,
                                  &window_),
          "MPI_Win_allocate_shared");
    MPI_Win_set_errhandler(window_, MPI_ERRORS_RETURN);
    MPI_Aint bytes = 0;
    int unit = 0;
    void* base = nullptr;
    check(MPI_Win_shared_query(window_, 0, &bytes, &unit, &base), "MPI_Win_shared_query");
    if (bytes < static_cast<MPI_Aint>(sizeof(std::int64_t)) ||
        reinterpret_cast<std::uintptr_t>(base) % AtomicCounter::required_alignment != 0)
        throw InternalError("MPI_Win_allocate_shared gave memory that cannot hold a counter");
    counter_ = static_cast<std::int64_t*>(base);
    if (node.is_root())
        AtomicCounter(*counter_).store(0);
    barrier(node);
}

SharedCounter::~SharedCounter()
{
    if (window_ != MPI_WIN_NULL && !unwinding_.now() && Session::is_running())
        MPI_Win_free(&window_);
}

std::int64_t SharedCounter::fetch_add(std::int64_t increment) noexcept
{
    return AtomicCounter(*counter_).fetch_add(increment);
}

std::int64_t SharedCounter::value() const noexcept
{
    return AtomicCounter(*counter_).load();
}

WorkQueue::WorkQueue(const Communicator& node, std::int64_t count) : counter_(node), count_(count)
{
    if (count < 0)
        throw InternalError("a work queue cannot hold a negative number of items");
}

std::optional<std::int64_t> WorkQueue::next() noexcept
{
    const std::int64_t item = counter_.fetch_add(1);
    if (item >= count_)
        return std::nullopt;
    return item;
}

std::int64_t WorkQueue::remaining() const noexcept
{
    return std::max<std::int64_t>(0, count_ - counter_.value());
}

}  // namespace specsweep::mpi
