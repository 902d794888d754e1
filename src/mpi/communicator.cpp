#include "mpi/communicator.hpp"

#include <utility>

#include "base/error.hpp"
#include "mpi/error.hpp"
#include "mpi/session.hpp"

namespace specsweep::mpi {

Communicator::Communicator(MPI_Comm handle, Ownership ownership) : handle_(handle), ownership_(ownership)
{
    check(MPI_Comm_rank(handle_, &rank_), "MPI_Comm_rank");
    check(MPI_Comm_size(handle_, &size_), "MPI_Comm_size");
}

Communicator Communicator::world()
{
    return Communicator(MPI_COMM_WORLD, Ownership::borrowed);
}

Communicator Communicator::self()
{
    return Communicator(MPI_COMM_SELF, Ownership::borrowed);
}

Communicator::~Communicator()
{
    release();
}

Communicator::Communicator(Communicator&& other) noexcept
    : handle_(std::exchange(other.handle_, MPI_COMM_NULL)),
      ownership_(other.ownership_),
      rank_(other.rank_),
      size_(other.size_),
      unwinding_(other.unwinding_)
{
}

Communicator& Communicator::operator=(Communicator&& other) noexcept
{
    if (this != &other) {
        release();
        handle_ = std::exchange(other.handle_, MPI_COMM_NULL);
        ownership_ = other.ownership_;
        rank_ = other.rank_;
        size_ = other.size_;
        unwinding_ = other.unwinding_;
    }
    return *this;
}

void Communicator::release() noexcept
{
    if (handle_ == MPI_COMM_NULL || ownership_ == Ownership::borrowed || unwinding_.now() || !Session::is_running())
        return;
    MPI_Comm_free(&handle_);
}

Communicator Communicator::split(int color, int key) const
{
    if (color < 0)
        throw InternalError("a colour of Communicator::split is negative", "MPI allows 0 and above");
    MPI_Comm part = MPI_COMM_NULL;
    check(MPI_Comm_split(handle_, color, key, &part), "MPI_Comm_split");
    return Communicator(part, Ownership::owned);
}

std::optional<Communicator> Communicator::split_some(std::optional<int> color, int key) const
{
    MPI_Comm part = MPI_COMM_NULL;
    check(MPI_Comm_split(handle_, color ? *color : MPI_UNDEFINED, key, &part), "MPI_Comm_split");
    if (part == MPI_COMM_NULL)
        return std::nullopt;
    return Communicator(part, Ownership::owned);
}

Communicator Communicator::split_by_node() const
{
    MPI_Comm node = MPI_COMM_NULL;
    check(MPI_Comm_split_type(handle_, MPI_COMM_TYPE_SHARED, rank_, MPI_INFO_NULL, &node), "MPI_Comm_split_type");
    return Communicator(node, Ownership::owned);
}

Communicator Communicator::duplicate() const
{
    MPI_Comm twin = MPI_COMM_NULL;
    check(MPI_Comm_dup(handle_, &twin), "MPI_Comm_dup");
    return Communicator(twin, Ownership::owned);
}

}  // namespace specsweep::mpi
