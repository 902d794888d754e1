#include "hdf5/raw_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "base/error.hpp"
#include "base/format.hpp"

namespace specsweep::hdf5 {

namespace {

[[noreturn]] void fail(const char* what, const std::filesystem::path& path)
{
    const int error = errno;
    throw IoError(fmt::format("cannot {} {}", what, path.string()), system_message(error));
}

}  // namespace

RawFile::RawFile(const std::filesystem::path& path) : path_(path), handle_(::open(path.c_str(), O_RDWR | O_CLOEXEC))
{
    if (handle_ < 0)
        fail("open", path_);
}

RawFile::~RawFile()
{
    ::close(handle_);
}

void RawFile::read(std::span<std::byte> bytes, std::int64_t offset) const
{
    while (!bytes.empty()) {
        const ssize_t got = ::pread(handle_, bytes.data(), bytes.size(), offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            fail("read", path_);
        if (got == 0)
            throw IoError(fmt::format("cannot read {}", path_.string()), "it ends before");
        bytes = bytes.subspan(static_cast<std::size_t>(got));
        offset += got;
    }
}

void RawFile::write(std::span<const std::byte> bytes, std::int64_t offset) const
{
    while (!bytes.empty()) {
        const ssize_t put = ::pwrite(handle_, bytes.data(), bytes.size(), offset);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            fail("write", path_);
        bytes = bytes.subspan(static_cast<std::size_t>(put));
        offset += put;
    }
}

}  // namespace specsweep::hdf5
