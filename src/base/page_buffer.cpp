#include "base/page_buffer.hpp"

#include <sys/mman.h>

#include <new>
#include <utility>

#include "base/integer.hpp"

namespace specsweep {
namespace {

constexpr std::int64_t huge_page = std::int64_t{2} << 20;

}  // namespace

PageBuffer::PageBuffer(std::int64_t bytes)
{
    if (bytes <= 0)
        return;
    const auto size = static_cast<std::size_t>(round_up<std::int64_t>(bytes, bytes >= huge_page ? huge_page : 4096));
    void* const memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        throw std::bad_alloc();
    // Only a wish: huge pages spare page faults and TLB misses.
    if (bytes >= huge_page)
        (void)madvise(memory, size, MADV_HUGEPAGE);
    data_ = static_cast<std::byte*>(memory);
    bytes_ = static_cast<std::int64_t>(size);
}

PageBuffer::PageBuffer(PageBuffer&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), bytes_(std::exchange(other.bytes_, 0))
{
}

PageBuffer& PageBuffer::operator=(PageBuffer&& other) noexcept
{
    if (this != &other) {
        release();
        data_ = std::exchange(other.data_, nullptr);
        bytes_ = std::exchange(other.bytes_, 0);
    }
    return *this;
}

void PageBuffer::release() noexcept
{
    if (data_ != nullptr)
        (void)munmap(data_, static_cast<std::size_t>(bytes_));
    data_ = nullptr;
    bytes_ = 0;
}

}  // namespace specsweep
