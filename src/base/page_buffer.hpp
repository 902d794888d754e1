#pragma once

#include <cstddef>
#include <cstdint>

namespace specsweep {

/// Page-aligned anonymous memory, in huge pages where the system grants them. All zero when new.
class PageBuffer {
public:
    PageBuffer() = default;
    /// @throws std::bad_alloc: the system has no such memory
    explicit PageBuffer(std::int64_t bytes);
    ~PageBuffer() { release(); }
    PageBuffer(PageBuffer&& other) noexcept;
    PageBuffer& operator=(PageBuffer&& other) noexcept;

    std::byte* data() const noexcept { return data_; }
    std::int64_t bytes() const noexcept { return bytes_; }
    void release() noexcept;

private:
    std::byte* data_ = nullptr;
    std::int64_t bytes_ = 0;
};

}  // namespace specsweep
