#include "spectrum/page_buffer.hpp"

#include <sys/mman.h>

#include <cerrno>
#include <utility>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/integer.hpp"
#include "spectrum/failure.hpp"

namespace specsweep::spectrum {
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
        throw OutOfMemory(fmt::format("{} bytes for a spectrum: {}", size, system_message(errno)));
    // Only a wish: without huge pages the reductions lose some percent to TLB misses.
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

}  // namespace specsweep::spectrum
