#include "hdf5/raw_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/positioned_io.hpp"

namespace specsweep::hdf5 {

namespace {

[[noreturn]] void fail(const char* what, const std::filesystem::path& path, int error)
{
    throw IoError(fmt::format("cannot {} {}", what, path.string()), system_message(error));
}

}  // namespace

RawFile::RawFile(const std::filesystem::path& path) : path_(path), handle_(::open(path.c_str(), O_RDWR | O_CLOEXEC))
{
    if (handle_ < 0)
        fail("open", path_, errno);
}

RawFile::~RawFile()
{
    ::close(handle_);
}

void RawFile::read(std::span<std::byte> bytes, std::int64_t offset) const
{
    const Transfer read = read_at(handle_, bytes, offset);
    if (read.error != 0)
        fail("read", path_, read.error);
    if (read.bytes < bytes.size())
        throw IoError(fmt::format("cannot read {}", path_.string()), "it ends before");
}

void RawFile::write(std::span<const std::byte> bytes, std::int64_t offset) const
{
    const Transfer written = write_at(handle_, bytes, offset);
    if (written.error != 0)
        fail("write", path_, written.error);
}

}  // namespace specsweep::hdf5
