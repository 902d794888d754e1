#include "base/positioned_io.hpp"

#include <unistd.h>

#include <cerrno>

namespace specsweep {
namespace {

template <class Byte, class Move>
Transfer move_all(std::span<Byte> bytes, std::int64_t offset, const Move& move)
{
    Transfer done;
    while (done.bytes < bytes.size()) {
        const std::span<Byte> rest = bytes.subspan(done.bytes);
        const ssize_t count = move(rest.data(), rest.size(), offset + static_cast<std::int64_t>(done.bytes));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            done.error = errno;
        if (count <= 0)
            break;
        done.bytes += static_cast<std::size_t>(count);
    }
    return done;
}

}  // namespace

Transfer read_at(int handle, std::span<std::byte> bytes, std::int64_t offset)
{
    return move_all(bytes, offset,
                    [=](std::byte* to, std::size_t size, std::int64_t at) { return ::pread(handle, to, size, at); });
}

Transfer write_at(int handle, std::span<const std::byte> bytes, std::int64_t offset)
{
    return move_all(bytes, offset, [=](const std::byte* from, std::size_t size, std::int64_t at) {
        return ::pwrite(handle, from, size, at);
    });
}

}  // namespace specsweep
