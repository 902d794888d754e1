#include "spectrum/workspace.hpp"

#include <new>

#include "base/format.hpp"
#include "base/integer.hpp"
#include "spectrum/failure.hpp"

namespace specsweep::spectrum {

PageBuffer pages(std::int64_t bytes)
{
    try {
        return PageBuffer(bytes);
    } catch (const std::bad_alloc&) {
        throw OutOfMemory(fmt::format("{} bytes for a spectrum", bytes));
    }
}

std::span<double> Workspace::doubles(Slot slot, std::int64_t count)
{
    const std::int64_t bytes = checked_multiply(count, sizeof(double));
    return {reinterpret_cast<double*>(reserve(slot, bytes)), static_cast<std::size_t>(count)};
}

std::span<float> Workspace::floats(Slot slot, std::int64_t count)
{
    const std::int64_t bytes = checked_multiply(count, sizeof(float));
    return {reinterpret_cast<float*>(reserve(slot, bytes)), static_cast<std::size_t>(count)};
}

std::int64_t Workspace::bytes() const
{
    std::int64_t sum = 0;
    for (const PageBuffer& buffer : buffers_)
        sum += buffer.bytes();
    return sum;
}

std::byte* Workspace::reserve(Slot slot, std::int64_t bytes)
{
    PageBuffer& buffer = buffers_[static_cast<std::size_t>(slot)];
    if (buffer.bytes() < bytes) {
        buffer.release();  // first, so that old and new are never held together
        buffer = pages(bytes);
    }
    return buffer.data();
}

}  // namespace specsweep::spectrum
