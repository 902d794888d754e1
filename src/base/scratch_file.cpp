#include "base/scratch_file.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>

#include "base/error.hpp"
#include "base/text.hpp"

namespace specsweep {

namespace {

[[noreturn]] void fail(const char* what, const std::filesystem::path& folder)
{
    throw IoError(std::string("cannot ") + what + " a scratch file in " + folder.string(), system_message(errno),
                  "free some space or choose another place with -o");
}

}  // namespace

ScratchFile::ScratchFile(const std::filesystem::path& folder) : folder_(folder)
{
    std::string name = (folder / ".specsweep-scratch-XXXXXX").string();
    handle_ = ::mkostemp(name.data(), O_CLOEXEC);
    if (handle_ < 0)
        fail("make", folder_);
    ::unlink(name.c_str());
}

ScratchFile::~ScratchFile()
{
    ::close(handle_);
}

void ScratchFile::read(std::span<std::byte> bytes, std::int64_t offset) const
{
    while (!bytes.empty()) {
        const ssize_t got = ::pread(handle_, bytes.data(), bytes.size(), offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            fail("read", folder_);
        if (got == 0) {
            std::fill(bytes.begin(), bytes.end(), std::byte{0});
            return;
        }
        bytes = bytes.subspan(static_cast<std::size_t>(got));
        offset += got;
    }
}

void ScratchFile::write(std::span<const std::byte> bytes, std::int64_t offset)
{
    while (!bytes.empty()) {
        const ssize_t put = ::pwrite(handle_, bytes.data(), bytes.size(), offset);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            fail("write", folder_);
        bytes = bytes.subspan(static_cast<std::size_t>(put));
        offset += put;
    }
}

}  // namespace specsweep
